// One journal of a bundle: checks 1 to 8, 11 and 12 of docs/bundle.md, entry by entry. See verify_bundle.mjs.

import { byte, canonical, checkCard, fields, fingerprint, firstKey, hex, holds, noteKey, ORIGIN, readDsse, readEnvelope, readNote, sha256, signedBy, Tree, typeOf } from './primitives.mjs'

const SKEW_MS = 300_000
const AGE_MS = 900_000
const ACTS = { acknowledgement: 'acknowledge', message: 'message', 'incident.opened': 'open-incident' }

export class Journal {
  constructor(bundle, { journal, entries, head }, card) {
    Object.assign(this, { bundle, origin: journal, card, announced: { entries, head } })
    this.party = ORIGIN.exec(journal)[1]
    this.own = journal === bundle.own
    this.keys = card ? [{ key: firstKey(card), from: 0 }] : []
    this.current = this.keys[0]?.key ?? null
    this.root = card?.root_key
    this.head = sha256('skyaccord-journal/1\n', journal)
    this.tree = new Tree()
    Object.assign(this, { size: 0, count: 0, heads: [], sealed: new Set(), erased: new Map(), plainReceipts: new Set() })
    Object.assign(this, { receipts: [], erasures: [], pinned: [], witnesses: new Map(), restored: [], faults: new Map() })
    Object.assign(this, { enrolled: new Map(), statements: new Set(), notes: [], claimed: 0, cosigned: new Map() })
  }

  wrong(check, what, sequence = null) {
    this.bundle.findings.push({ check, party: this.party, sequence, what })
  }

  entry(line) {
    const at = line.sequence
    if (at !== this.size) this.wrong(4, 'entries before it are missing, or it stands in another place', at)
    const before = this.head
    this.head = sha256(byte(2), this.head, hex(line.leaf))
    this.heads[at] = this.head.toString('hex')
    if (at === this.count) this.tree.append(hex(line.leaf))
    this.size = Math.max(at + 1, this.size)
    this.count += 1
    if (line.erased !== undefined) return void this.erased.set(at, line)
    if (line.envelope === undefined) {
      this.sealed.add(at)
      if (at === 0) this.wrong(1, 'its envelope is missing', at)
      return
    }
    if (sha256(byte(0), hex(line.salt), line.envelope).toString('hex') !== line.leaf) this.wrong(2, 'does not fit its leaf', at)
    let envelope
    try {
      envelope = readEnvelope(line.envelope)
    } catch (error) {
      return this.wrong(6, error.message, at)
    }
    this.#signature(at, envelope)
    if (envelope.sequence !== at) this.wrong(4, `says it is entry ${envelope.sequence}`, at)
    if (envelope.previous !== before.toString('hex')) this.wrong(2, 'continues another history', at)
    if (envelope.origin !== this.origin) this.wrong(5, 'belongs to another journal', at)
    this.#body(at, envelope)
  }

  #signature(at, envelope) {
    const { kind, body, dsse } = envelope
    if (at === 0 && this.keys.length === 0 && kind === 'node.opened') {
      this.current = body.card?.public_key
      this.keys = [{ key: this.current, from: 0 }]
    }
    const key = kind === 'key.rotated' || kind === 'key.revoked' ? this.root : this.current
    let good = false
    try {
      good = Boolean(key) && signedBy(dsse, key)
    } catch { /* not even well formed */ }
    if (!good) this.wrong(3, 'not signed with the key of its place', at)
  }

  #body(at, envelope) {
    const { kind, body } = envelope
    if (at === 0) this.#opening(envelope)
    const refused = this.bundle.refusedByHolder(this.origin, at)
    const fault = this.#statementFault(envelope) ?? bodyFault(kind, body)
    if (fault && !refused) this.faults.set(at, fault)
    if (refused || fault?.check === 6) return
    if (kind === 'receipt') {
      this.plainReceipts.add(at)
      this.receipts.push({ at, ...body })
    }
    if (kind === 'person.enrolled') this.#enrol(at, envelope)
    if (kind === 'person.dismissed') for (const one of this.enrolled.values()) if (one.key === body.public_key) one.dismissed = true
    if (kind === 'peer.pinned') this.pinned.push(body.card)
    if (kind === 'witness.pinned') this.witnesses.set(body.card.name, body.card.public_key)
    if (kind === 'record.erased') this.erasures.push(body)
    if (kind === 'journal.restored') this.restored.push(body)
    if (kind === 'key.rotated' || kind === 'key.revoked') this.#change(at, kind, body)
    this.#cardNames(at)
  }

  #opening({ kind, body }) {
    let good = kind === 'node.opened'
    try {
      good &&= checkCard(body.card).origin === this.origin && body.card.public_key === this.keys[0].key
      good &&= !this.card || this.card.root_key === body.card.root_key
    } catch {
      good = false
    }
    if (!good) this.wrong(5, 'not the opening of this journal by its party\'s key', 0)
    this.root ??= body.card?.root_key
  }

  #enrol(at, { body, recorded_at: recorded }) {
    const { public_key: key, role, automatic } = body
    this.enrolled.set(`${key} ${role}`, { key, automatic, recorded: Date.parse(recorded), dismissed: false })
  }

  #change(at, kind, body) {
    const before = this.keys.at(-1).key
    if ((body.old ?? body.key) !== before) return this.wrong(12, 'changes another key than the present one', at)
    if (kind === 'key.revoked') {
      if (this.current === null) this.wrong(12, 'the key was revoked before', at)
      this.current = null
      return
    }
    try {
      const { card } = body
      checkCard(card)
      const earlier = card.earlier_keys.map((one) => one.public_key)
      const so = card.origin === this.origin && card.root_key === this.root && card.public_key === body.new
      if (!so || earlier.join() !== this.keys.map((one) => one.key).join() || card.earlier_keys.at(-1).until !== at) throw new Error()
    } catch {
      return this.wrong(12, 'the new key\'s card does not fit', at)
    }
    this.keys.push({ key: body.new, from: at })
    this.current = body.new
  }

  #cardNames(at) {
    if (!this.card || this.current === null) return
    const said = this.card.earlier_keys?.find((one) => at < one.until)?.public_key
    const good = said ? said === this.current : this.keys.some((one) => one.key === this.card.public_key)
    if (!good) this.wrong(12, 'the card given names another key for this place', at)
  }

  #statementFault({ kind, body, accord, exercise, recorded_at: recorded, dsse: _ }) {
    const act = ACTS[kind]
    if (!act || !body.statement) return undefined
    const fault = (what) => ({ check: 7, what })
    try {
      const dsse = readDsse(body.statement)
      const said = JSON.parse(dsse.payload.toString('utf8'))
      const person = this.enrolled.get(`${said.person} ${said.role}`)
      if (dsse.type !== typeOf(`statement.${said.act}`) || said.act !== act) return fault('another act')
      if (!person || person.dismissed || said.party !== this.party) return fault('not enrolled')
      if (said.automatic !== person.automatic || !signedBy(dsse, said.person)) return fault('not signed by that person')
      const at = Date.parse(said.at)
      if (at < person.recorded - SKEW_MS || at > Date.parse(recorded) + SKEW_MS || at < Date.parse(recorded) - AGE_MS) return fault('at another time')
      if (said.accord !== accord || (said.exercise && !exercise)) return fault('under another accord')
      for (const name of Object.keys(body)) if (name in said && canonical(body[name]) !== canonical(said[name])) return fault('misquoted')
      const signed = `${dsse.type} ${body.statement.payload}`
      if (this.statements.has(signed)) return fault('stands twice')
      this.statements.add(signed)
    } catch (error) {
      return fault(error.message)
    }
    return undefined
  }

  checkpoint(note) {
    this.notes.push(note)
  }

  end(cosigners) {
    if (this.announced.entries !== this.count) this.wrong(1, 'not as many entries as announced')
    if (this.announced.head !== this.head.toString('hex')) this.wrong(2, 'ends at another head than announced')
    for (const at of this.own ? this.sealed : []) {
      if (at > 0 && !this.restored.some((one) => one.first <= at && at <= one.last)) this.wrong(1, 'its envelope is missing', at)
    }
    if (cosigners) this.checkpoints(cosigners)
  }

  checkpoints(cosigners) {
    for (const note of this.notes) {
      try {
        const { size } = this.#checkpoint(note)
        this.#cosigned(note, size, cosigners)
      } catch (error) {
        this.wrong(8, error.message, error.sequence ?? null)
      }
    }
  }

  #checkpoint(note) {
    const found = readNote(note)
    const last = this.keys.findLastIndex((one) => one.from <= Math.max(found.size - 1, 0))
    const mine = found.lines.filter((line) => line.name === this.origin)
    const good = this.keys.slice(last).some(({ key }) =>
      mine.some((line) => line.key === noteKey(this.origin, 1, key) && holds(key, line.data, Buffer.from(found.text))))
    if (!good || found.origin !== this.origin) throw new Error(`the checkpoint of ${found.size}: not signed by the journal's party`)
    if (found.size > this.size) throw new Error(`the checkpoint of ${found.size}: the end is missing`)
    if (!this.tree.root(found.size)?.equals(found.root)) {
      throw Object.assign(new Error(`the checkpoint of ${found.size}: of other entries`), { sequence: Math.max(found.size - 1, 0) })
    }
    return found
  }

  #cosigned(note, size, cosigners) {
    const { text, lines } = readNote(note)
    const own = new Set(this.keys.map(({ key }) => noteKey(this.origin, 1, key)))
    const others = lines.filter((line) => !(line.name === this.origin && own.has(line.key)))
    const good = others.length > 0 && others.length === lines.length - 1 && others.every((line) => {
      const seconds = line.data.readBigUInt64BE(0)
      const message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
      return (cosigners.get(line.name) ?? []).some((key) => line.key === noteKey(line.name, 4, key) && holds(key, line.data.subarray(8), message))
    })
    if (!good) return this.wrong(11, `the checkpoint of ${size}: not cosigned, or by nobody who was pinned`)
    for (const line of others) this.cosigned.set(line.name, Math.max(size, this.cosigned.get(line.name) ?? 0))
    this.claimed = Math.max(this.claimed, size)
  }
}

function bodyFault(kind, body) {
  const number = (value) => Number.isSafeInteger(value) && value >= 0
  const models = {
    'node.opened': () => fields(body, 'card'),
    'peer.pinned': () => fields(body, 'card', 'fingerprint'),
    'person.enrolled': () => fields(body, 'public_key', 'name', 'role', 'automatic'),
    'person.dismissed': () => fields(body, 'public_key', 'reason'),
    'key.rotated': () => fields(body, 'old', 'new', 'card'),
    'key.revoked': () => fields(body, 'key', 'reason'),
    receipt: () => fields(body, 'origin', 'first', 'last', 'head', 'refused', 'sealed') && number(body.first) && number(body.last)
  }
  return models[kind] === undefined || models[kind]() ? undefined : { check: 6, what: `not the body of a ${kind}` }
}
