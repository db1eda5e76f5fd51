import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { statement, type Signer } from '../src/lib/acts';
import { base64, fingerprint, hex, pae, signEnvelope } from '../src/lib/dsse';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('DSSE', () => {
  it('builds the pre-authentication encoding of the specification', () => {
    const whole = pae('http://example.com/HelloWorld', bytes('hello world'));
    expect(new TextDecoder().decode(whole)).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not characters', () => {
    expect(new TextDecoder().decode(pae('t', bytes('خط')))).toBe('DSSEv1 1 t 4 خط');
  });

  it('signs so that another implementation verifies', async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
    const signed = await signEnvelope('application/vnd.skyaccord.x+json', { text: 'учение' }, 'id', async (message) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message)),
    );
    const payload = Buffer.from(signed.payload, 'base64');
    expect(JSON.parse(payload.toString('utf8'))).toEqual({ text: 'учение' });
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', pair.publicKey));
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const signature = Buffer.from(signed.signatures[0]!.sig, 'base64');
    expect(verify(null, pae(signed.payloadType, payload), key, signature)).toBe(true);
    expect(verify(null, pae('application/vnd.skyaccord.y+json', payload), key, signature)).toBe(false);
  });

  it('writes base64, hex and the digits that people compare', () => {
    expect(base64(new Uint8Array([0, 255, 16]))).toBe('AP8Q');
    expect(hex(new Uint8Array([0, 255, 16]))).toBe('00ff10');
    // Five bytes, big endian, modulo 100000: 0x0000000001 → 1, 0xffffffffff → 1099511627775.
    const digest = new Uint8Array(64);
    digest[4] = 1;
    digest.fill(255, 5, 10);
    expect(fingerprint(digest).split(' ').slice(0, 3)).toEqual(['00001', '27775', '00000']);
  });
});

describe('a statement', () => {
  const signer = { key: { publicKey: 'KEY' }, party: 'A', role: 'duty-officer', exercise: true } as Signer;

  it('has the fields that the record asks for, and is never automatic', () => {
    const of = { origin: 'skyaccord.journal/B/0000000000000000', sequence: 3, leaf: 'ab' };
    expect(statement(signer, 'sha256:00', { act: 'acknowledge', of }, new Date('2015-10-21T09:30:00Z'))).toEqual({
      act: 'acknowledge',
      person: 'KEY',
      party: 'A',
      role: 'duty-officer',
      at: '2015-10-21T09:30:00.000Z',
      accord: 'sha256:00',
      exercise: true,
      automatic: false,
      of,
    });
  });
});
