// DSSE: what a person signs is the pre-authentication encoding (PAE) of type and payload, never the payload alone.
// https://github.com/secure-systems-lab/dsse/blob/master/protocol.md

export interface DsseEnvelope {
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
}

/** "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body; lengths in bytes, in ASCII decimal. */
export function pae(payloadType: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const type = encoder.encode(payloadType);
  const head = encoder.encode(`DSSEv1 ${type.length} ${payloadType} ${body.length} `);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

export function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const FINGERPRINT_GROUPS = 8;
const GROUP_BYTES = 5;

/** Digits to read aloud, from the SHA-512 of a raw public key: each five bytes, big endian, modulo 100000. */
export function fingerprint(sha512: Uint8Array): string {
  const groups: string[] = [];
  for (let group = 0; group < FINGERPRINT_GROUPS; group++) {
    const bytes = sha512.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES);
    const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0); // at most 2^40: exact
    groups.push((number % 100_000).toString().padStart(5, '0'));
  }
  return groups.join(' ');
}

/** Signs `payload` (as JSON) with `sign`, which returns the raw signature over the bytes it is given. */
export async function signEnvelope(
  payloadType: string,
  payload: unknown,
  keyid: string,
  sign: (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<DsseEnvelope> {
  const body = new TextEncoder().encode(JSON.stringify(payload));
  const signature = await sign(pae(payloadType, body));
  return { payload: base64(body), payloadType, signatures: [{ keyid, sig: base64(signature) }] };
}
