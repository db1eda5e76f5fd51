// The person's key: Ed25519, made in this browser, not extractable, kept in IndexedDB. IndexedDB is separate for each
// origin, so each node has its own key, and no page of another node can reach it. The node never sees the private key.

import { base64, fingerprint, hex } from './dsse';

const DATABASE = 'skyaccord-person';
const STORE = 'keys';
const KEY = 'person';

/** Why this browser cannot hold a person's key; the text shown is `person.${reason}` of the catalogue. */
export type KeyProblem = 'insecure-context' | 'no-ed25519' | 'no-storage';

export class KeyError extends Error {
  constructor(readonly problem: KeyProblem) {
    super(problem);
  }
}

export interface PersonKey {
  /** Raw public key, base64: the person's name on the record. */
  publicKey: string;
  /** DSSE key id: hex SHA-256 of the raw public key (record/keys.py). */
  keyId: string;
  /** Eight groups of five digits, for two people to compare by voice (record/keys.py). */
  fingerprint: string;
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

/** The key of this browser for this node; makes and stores one at the first call. Throws KeyError. */
export async function personKey(): Promise<PersonKey> {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) throw new KeyError('insecure-context');
  const database = await openDatabase();
  const pair = (await read(database)) ?? (await create(database));
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    publicKey: base64(raw),
    keyId: hex(await digest('SHA-256', raw)),
    fingerprint: fingerprint(await digest('SHA-512', raw)),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message)),
  };
}

async function digest(algorithm: 'SHA-256' | 'SHA-512', bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
}

async function create(database: IDBDatabase): Promise<CryptoKeyPair> {
  let pair: CryptoKeyPair;
  try {
    pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  } catch {
    throw new KeyError('no-ed25519');
  }
  // `add`, not `put`: if another tab was first, its key stays and both tabs use it.
  try {
    await request(database.transaction(STORE, 'readwrite').objectStore(STORE).add(pair, KEY));
    return pair;
  } catch {
    const other = await read(database);
    if (other === undefined) throw new KeyError('no-storage');
    return other;
  }
}

async function read(database: IDBDatabase): Promise<CryptoKeyPair | undefined> {
  return request<CryptoKeyPair | undefined>(database.transaction(STORE).objectStore(STORE).get(KEY));
}

async function openDatabase(): Promise<IDBDatabase> {
  try {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    return await request(opening);
  } catch {
    throw new KeyError('no-storage');
  }
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('IndexedDB'));
  });
}
