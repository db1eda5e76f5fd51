// Hashes, signatures, signed notes and the Merkle tree, as docs/record.md has them. See verify_bundle.mjs.

import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto'

export const ORIGIN = /^skyaccord\.journal\/([A-Za-z0-9][A-Za-z0-9_-]{0,31})\/[0-9a-f]{16}$/
export const HASH = /^[0-9a-f]{64}$/

// ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────

export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
export const hex = (text) => Buffer.from(text, 'hex')
export const byte = (value) => Buffer.from([value])

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

export function base64(text, length) {
  const data = Buffer.from(String(text), 'base64')
  if (data.toString('base64') !== text) throw new Error('not standard base64')
  if (length !== undefined && data.length !== length) throw new Error(`not ${length} bytes`)
  return data
}

export function holds(publicKey, signature, message) {
  try {
    const x = base64(publicKey, 32).toString('base64url')
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    return verifySignature(null, message, key, signature)
  } catch {
    return false
  }
}

export const typeOf = (name) => `application/vnd.skyaccord.${name}+json`

export function pae(type, payload) {
  const name = Buffer.from(type)
  return Buffer.concat([Buffer.from(`DSSEv1 ${name.length} ${type} ${payload.length} `), payload])
}

export function fields(value, ...names) {
  const found = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value).sort() : []
  return found.join() === [...names].sort().join()
}

// ── what parties sign ─────────────────────────────────────────────────────────────────────────────────────

export function readDsse(value) {
  if (!fields(value, 'payload', 'payloadType', 'signatures')) throw new Error('not a DSSE object')
  if (value.signatures.length !== 1 || !fields(value.signatures[0], 'keyid', 'sig')) throw new Error('not one signature')
  return { type: value.payloadType, payload: base64(value.payload), ...value.signatures[0] }
}

export function signedBy(dsse, publicKey) {
  if (dsse.keyid !== sha256(base64(publicKey, 32)).toString('hex')) return false
  return holds(publicKey, base64(dsse.sig, 64), pae(dsse.type, dsse.payload))
}

export function readEnvelope(text) {
  const value = JSON.parse(text)
  if (canonical(value) !== text) throw new Error('not in its one written form')
  const dsse = readDsse(value)
  const header = JSON.parse(dsse.payload.toString('utf8'))
  const names = ['origin', 'sequence', 'previous', 'kind', 'accord', 'recipients', 'sky_time', 'recorded_at', 'exercise']
  if (!fields(header, ...names, 'body')) throw new Error('the payload has other fields')
  if (dsse.type !== typeOf(header.kind)) throw new Error('payload type and kind differ')
  return { dsse, ...header }
}

export function fingerprint(card) {
  const keys = [card.root_key, card.public_key].filter((key) => key !== undefined)
  const digest = createHash('sha512').update(Buffer.concat(keys.map((key) => base64(key, 32)))).digest()
  const groups = []
  for (let n = 0; n < 8; n++) groups.push(String(digest.readUIntBE(n * 5, 5) % 100000).padStart(5, '0'))
  return groups.join(' ')
}

export function checkCard(card) {
  const { signature, ...unsigned } = card
  if (ORIGIN.exec(card.origin)?.[1] !== card.party) throw new Error('the journal is not this party\'s')
  if (card.fingerprint !== fingerprint(card)) throw new Error('the fingerprint is not that of the key')
  const message = pae(typeOf('card'), Buffer.from(canonical(unsigned)))
  if (!holds(card.public_key, base64(signature, 64), message)) throw new Error('the signature does not hold')
  return card
}

export const firstKey = (card) => card.earlier_keys?.[0].public_key ?? card.public_key

// ── checkpoints ───────────────────────────────────────────────────────────────────────────────────────────

export const noteKey = (name, type, publicKey) => sha256(name, '\n', byte(type), base64(publicKey, 32)).subarray(0, 4).toString('hex')

export function readNote(note) {
  const place = note.lastIndexOf('\n\n')
  if (place < 0 || !note.endsWith('\n')) throw new Error('not a signed note')
  const text = note.slice(0, place + 1)
  const lines = note.slice(place + 2, -1).split('\n').map((line) => {
    const found = /^— ([^ +]+) ([A-Za-z0-9+/=]+)$/.exec(line)
    if (!found) throw new Error('not a signature line')
    const data = base64(found[2])
    return { name: found[1], key: data.subarray(0, 4).toString('hex'), data: data.subarray(4) }
  })
  const [origin, size, root] = text.split('\n')
  if (!/^(0|[1-9][0-9]*)$/.test(size)) throw new Error('the size is not a number')
  return { text, lines, origin, size: Number(size), root: base64(root, 32) }
}

export class Tree {
  #levels = [[]]
  append(leaf) {
    let [level, node] = [0, leaf]
    for (;;) {
      this.#levels[level].push(node)
      const count = this.#levels[level].length
      if (count % 2) return
      node = sha256(byte(1), this.#levels[level][count - 2], node)
      this.#levels[++level] ??= []
    }
  }
  root(size) {
    if (size === 0) return sha256('')
    if (size > this.#levels[0].length) return undefined
    let found
    for (let level = 0; 2 ** level <= size; level++) {
      const count = Math.floor(size / 2 ** level)
      if (count % 2) {
        const node = this.#levels[level][count - 1]
        found = found === undefined ? node : sha256(byte(1), node, found)
      }
    }
    return found
  }
}
