// Checks a bundle of SkyAccord's, written from docs/bundle.md and docs/record.md alone: no line is shared with
// the program that writes bundles, and nothing is used but what comes with Node.
//
//   node verify_bundle.mjs FILE [CARD…]     prints JSON; exit 0 nothing wrong, 1 wrong, 2 not a bundle
//
// Not checked here: the bodies of the rooms' kinds, and what a fork's proof proves (a fork line is wrong either way).

import { readFileSync } from 'node:fs'
import { Journal } from './journal.mjs'
import { canonical, checkCard, fields, firstKey, HASH, hex, ORIGIN, readNote, sha256 } from './primitives.mjs'

class Bundle {
  constructor(cards) {
    Object.assign(this, { cards: new Map(cards.map((card) => [card.origin, card])), findings: [], journals: new Map() })
    Object.assign(this, { own: undefined, expected: [], current: undefined, lastNote: '', noteAt: -1, lastFork: '', ended: false })
  }

  wrong(check, what, party = this.current?.party ?? null) {
    this.findings.push({ check, party, sequence: null, what })
  }

  refusedByHolder(origin, at) {
    const holder = this.journals.get(this.own)
    if (origin === this.own || !holder) return false
    return holder.receipts.some((one) => one.origin === origin && one.refused.some((line) => line.sequence === at))
  }

  read(data) {
    let [place, number] = [0, 0]
    while (place < data.length) {
      const newline = data.indexOf(10, place)
      const bytes = data.subarray(place, newline < 0 ? data.length : newline)
      number += 1
      if (this.ended) return this.wrong(1, 'something stands after the end', null)
      if (newline < 0) this.wrong(1, `line ${number} is cut: the end is missing`)
      else this.#line(number, bytes, data.subarray(0, place))
      place += bytes.length + 1
    }
    if (!this.ended) this.wrong(1, 'the end is missing')
    this.#close()
    for (const origin of this.expected) this.wrong(1, `the journal ${origin} is missing`, null)
  }

  #line(number, bytes, before) {
    let line
    try {
      line = JSON.parse(bytes.toString('utf8'))
      if (!Buffer.from(canonical(line)).equals(bytes)) throw new Error('not in its one written form')
    } catch (error) {
      line = undefined
    }
    if (number === 1) {
      const good = fields(line, 'format', 'journals') && line.format === 'skyaccord.bundle/1' && line.journals.every((one) => ORIGIN.test(one))
      if (!good) throw new Error('not a bundle')
      ;[this.own, this.expected] = [line.journals[0], [...line.journals]]
    } else if (fields(line, 'entries', 'head', 'journal') && ORIGIN.test(line.journal) && HASH.test(line.head)) this.#journal(line)
    else if (isEntry(line) && this.current) this.current.entry(line)
    else if (fields(line, 'checkpoint') && this.current) this.#checkpoint(line.checkpoint)
    else if (fields(line, 'fork')) this.#fork(line.fork)
    else if (fields(line, 'lines', 'sha256')) {
      this.ended = true
      if (line.lines !== number - 1 || line.sha256 !== sha256(before).toString('hex')) this.wrong(1, 'the digest does not fit')
    } else this.wrong(1, `line ${number} is not as it must be`)
  }

  #journal(line) {
    this.#close()
    if (this.journals.has(line.journal)) return this.wrong(1, `the journal ${line.journal} again`)
    if (this.expected[0] !== line.journal) this.wrong(1, `the journal ${line.journal} is not the next announced`, null)
    this.expected = this.expected.filter((one) => one !== line.journal)
    this.current = new Journal(this, line, this.cards.get(line.journal))
    ;[this.lastNote, this.noteAt] = ['', -1]
  }

  #checkpoint(note) {
    const { current } = this
    let size = current.size
    try {
      size = readNote(note).size
    } catch { /* said with check 8 */ }
    if (size !== current.size) this.wrong(1, `a checkpoint of ${size} entries stands after ${current.size}`)
    if (this.noteAt === current.size && note <= this.lastNote) this.wrong(1, 'a checkpoint twice, or not in order')
    ;[this.lastNote, this.noteAt] = [note, current.size]
    current.checkpoint(note)
  }

  #fork(proof) {
    this.#close()
    const text = canonical(proof)
    if (text <= this.lastFork) this.wrong(1, 'a proof of a fork twice, or not in order')
    this.lastFork = text
    this.wrong(10, 'a proof of a fork', ORIGIN.exec(proof.origin)?.[1] ?? null)
  }

  #close() {
    if (!this.current) return
    const holder = this.journals.get(this.own)
    const cosigners = new Map(holder ? [[holder.origin, holder.keys.map(({ key }) => key)]] : [])
    this.current.end(this.current.own ? undefined : cosigners)
    this.journals.set(this.current.origin, this.current)
    this.current = undefined
  }

  compare() {
    const own = this.journals.get(this.own)
    const all = [...this.journals.values()]
    if (own) {
      const cosigners = new Map(all.filter((one) => one !== own).map((one) => [one.origin, one.keys.map(({ key }) => key)]))
      for (const [name, key] of own.witnesses) cosigners.set(name, [key])
      own.checkpoints(cosigners)
      this.#pins(own, all)
    }
    for (const card of this.cards.values()) if (!this.journals.has(card.origin)) this.wrong(5, `a card of ${card.origin}`, all.find((one) => one.party === card.party)?.party ?? null)
    for (const journal of all) this.#receipts(journal, own)
    if (own) for (const journal of all) if (journal !== own) this.#copies(journal, own)
    this.#erasures(all, own)
    for (const journal of all) {
      for (const [at, { check, what }] of journal.faults) {
        const refused = all.some((one) => one !== journal && one.receipts.some((receipt) =>
          receipt.origin === journal.origin && receipt.refused.some((line) => line.sequence === at)))
        if (!refused) journal.wrong(check, what, at)
      }
    }
  }

  #pins(own, all) {
    for (const journal of all) {
      if (journal === own) continue
      const pin = own.pinned.findLast((card) => card.party === journal.party)
      const first = journal.keys[0]?.key
      const keys = journal.keys.map(({ key }) => key)
      const same = pin && pin.origin === journal.origin && (first === undefined || (firstKey(pin) === first && pin.root_key === journal.root &&
        (keys.includes(pin.public_key) || (pin.earlier_keys ?? []).some((one) => one.public_key === keys.at(-1)))))
      if (!same) journal.wrong(5, 'not the journal and key that the holder pinned')
    }
    const parties = new Set(all.map((one) => one.party))
    for (const party of new Set(own.pinned.map((card) => card.party))) if (!parties.has(party)) own.wrong(5, `party ${party} was pinned, its journal is missing`)
  }

  #receipts(journal, own) {
    const covered = new Map()
    for (const { at, origin, first, last, head } of journal.receipts) {
      const about = this.journals.get(origin)
      if (about && about.heads[last] === undefined) {
        if (journal === own || about === own) about.wrong(9, `entry ${last}, which was receipted, is not there`)
      } else if (about && about.heads[last] !== head) journal.wrong(9, 'names another head than is held', at)
      if (first !== (covered.get(origin) ?? 0) || last < first) journal.wrong(9, 'does not join the receipt before', at)
      covered.set(origin, last + 1)
    }
    journal.covered = covered
  }

  #copies(journal, own) {
    const mine = own.receipts.filter((one) => one.origin === journal.origin)
    const sealed = new Set(mine.flatMap((one) => one.sealed))
    for (const at of new Set([...sealed, ...journal.sealed])) {
      if (sealed.has(at) !== journal.sealed.has(at)) journal.wrong(9, 'sealed otherwise than the receipt says', at)
    }
    for (const { sequence } of mine.flatMap((one) => one.refused)) {
      if (journal.heads[sequence] === undefined) journal.wrong(9, 'refused by the receipt, and not there', sequence)
    }
    for (let at = own.covered.get(journal.origin) ?? 0; at < journal.heads.length; at++) {
      if (journal.heads[at] !== undefined && !journal.plainReceipts.has(at)) journal.wrong(9, 'taken without a receipt', at)
    }
  }

  #erasures(all, own) {
    const said = new Map()
    for (const body of own?.erasures ?? []) for (const one of body.entries) said.set(`${body.origin} ${one.sequence}`, one)
    for (const journal of all) {
      for (const [at, line] of journal.erased) {
        const one = said.get(`${journal.origin} ${at}`)
        if (one?.leaf !== line.leaf || one?.kind !== line.erased) journal.wrong(13, 'no entry says that it was erased', at)
      }
    }
  }
}

function isEntry(line) {
  const form = fields(line, 'leaf', 'sequence') || fields(line, 'envelope', 'leaf', 'salt', 'sequence') || fields(line, 'erased', 'leaf', 'sequence')
  if (!form || !HASH.test(line.leaf) || !Number.isSafeInteger(line.sequence) || line.sequence < 0) return false
  if (line.salt !== undefined && !/^[0-9a-f]{32}$/.test(line.salt)) return false
  return [line.envelope, line.erased].every((one) => one === undefined || typeof one === 'string')
}

const [path, ...cardPaths] = process.argv.slice(2)
try {
  const bundle = new Bundle(cardPaths.map((one) => checkCard(JSON.parse(readFileSync(one, 'utf8')))))
  bundle.read(readFileSync(path))
  bundle.compare()
  const journals = [...bundle.journals.values()].map(({ party, count, card, claimed }) => ({ party, entries: count, anchored: Boolean(card), claimed }))
  console.log(JSON.stringify({ ok: bundle.findings.length === 0, journals, findings: bundle.findings }, null, 1))
  process.exitCode = bundle.findings.length === 0 ? 0 : 1
} catch (error) {
  console.error(error.message)
  process.exitCode = 2
}
