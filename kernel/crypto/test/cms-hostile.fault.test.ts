import {
  constants,
  createCipheriv,
  publicEncrypt,
  randomBytes,
  randomInt,
  X509Certificate,
} from 'node:crypto';
import { oaepDecode } from '@grunnmur/cms/oaep-decode';
import { beforeAll, describe, expect, it } from 'vitest';
import { CmsError, decryptCms, encryptCms } from '../index.ts';
import { ber, chunked, decryptAll, frame, gather, recipientInfo, vector, vectorKey } from './cms-helpers.ts';

const plain = vector('plain.txt');
const certificate = vectorKey.certificatePem!;

describe('a cut message', () => {
  const names = ['oaep-sha256-ber.cms', 'oaep-sha256-der.cms', 'pkcs1-aes256-ber.cms', 'two-recipients.cms'];

  it.each(names)('is told as truncated wherever it ends: %s', async (name) => {
    const message = vector(name);
    for (let length = 0; length < message.length; length++) {
      await expect(decryptAll(message.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({
        code: 'truncated',
      });
    }
    expect(await decryptAll(message)).toEqual(plain);
  });

  it('also in the middle of a long one of ours', async () => {
    const message = await gather(
      encryptCms(chunked(randomBytes(200_000)), [certificate], { transport: 'oaep' }),
    );
    for (const length of [
      1000,
      40_000,
      131_072,
      message.length - 11,
      message.length - 10,
      message.length - 1,
    ]) {
      await expect(decryptAll(message.subarray(0, length))).rejects.toMatchObject({ code: 'truncated' });
    }
  });
});

describe('a changed message', () => {
  it.each(['oaep-sha256-ber.cms', 'pkcs1-aes256-ber.cms'])(
    'gives a CmsError or other content, never anything else: %s',
    async (name) => {
      const message = vector(name);
      const outcomes = new Set<string>();
      for (let at = 0; at < message.length; at++) {
        const changed = Buffer.from(message);
        changed[at]! ^= 1 << (at % 8);
        const outcome = await outcomeOf(changed);
        outcomes.add(outcome);
        expect(outcome, `byte ${at}`).not.toMatch(/^escaped/);
      }
      for (const expected of ['not_cms', 'malformed', 'truncated', 'no_matching_recipient', 'bad_key'])
        expect(outcomes).toContain(expected);
    },
  );

  it('answers a wrong PKCS#1 v1.5 block as it answers damaged content: no oracle', async () => {
    const message = vector('pkcs1-aes256-ber.cms');
    const encryptedKey = message.indexOf(Buffer.of(0x04, 0x82, 0x01, 0x00)) + 4;
    const answers = new Set<string>();
    let garbage = 0;
    for (let i = 0; i < 60; i++) {
      const changed = Buffer.from(message);
      changed[encryptedKey + 1 + (i % 250)]! ^= 1 + (i % 7);
      const outcome = await outcomeOf(changed);
      if (outcome === 'other content') garbage++;
      else answers.add(outcome);
    }
    // A wrong key gives valid padding once in 256 times: then other content comes out, as CBC always allows.
    expect(garbage).toBeLessThan(10);
    expect([...answers]).toEqual(['bad_key']);

    const content = Buffer.from(message);
    content[message.length - 12]! ^= 1;
    const damaged = await decryptAll(content).catch((error: CmsError) => error);
    const block = Buffer.from(message);
    block[encryptedKey + 9]! ^= 1;
    for (let tries = 0; tries < 20; tries++) {
      block[encryptedKey + 20]! += 1;
      const wrong = await decryptAll(block).catch((error: CmsError) => error);
      if (!(wrong instanceof CmsError) || !(damaged instanceof CmsError)) continue;
      expect([wrong.code, wrong.message]).toEqual([damaged.code, damaged.message]);
    }
  });

  it('answers a wrong OAEP block of either implementation with bad_key', async () => {
    for (const name of ['oaep-sha256-ber.cms', 'oaep-sha256-mgf1-sha1.cms']) {
      const changed = Buffer.from(vector(name));
      changed[changed.indexOf(Buffer.of(0x04, 0x82, 0x01, 0x00)) + 100]! ^= 1;
      await expect(decryptAll(changed)).rejects.toMatchObject({ code: 'bad_key' });
    }
  });
});

describe('random mutations of the header', () => {
  it('never crash nor hang', async () => {
    const seed = randomInt(2 ** 31);
    console.log(`mutation seed ${seed}`);
    const random = generator(seed);
    const messages = [
      'oaep-sha256-ber.cms',
      'oaep-sha256-der.cms',
      'pkcs1-aes192.cms',
      'key-id.cms',
      'two-recipients.cms',
    ].map(vector);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const changed = mutate(messages[i % messages.length]!, random);
      const outcome = await outcomeOf(changed, 1 + Math.floor(random() * 600));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect(outcome, `mutation ${i} of seed ${seed}`).not.toMatch(/^escaped/);
    }
    expect(outcomes.size).toBeGreaterThan(4);
  }, 120_000);

  it('of pure noise neither', async () => {
    for (let i = 0; i < 500; i++) {
      expect(await outcomeOf(Buffer.concat([Buffer.of(0x30, 0x80), randomBytes(200)]))).not.toMatch(
        /^escaped|content/,
      );
    }
  });
});

describe('limits', () => {
  it('refuse nesting without end, in the header and in the content', async () => {
    const deep = Buffer.concat(new Array<Buffer>(200).fill(Buffer.of(0x30, 0x80)));
    const recipients = Buffer.concat([Buffer.of(0x31, 0x80), deep]);
    await expect(decryptAll(frame({ recipients }))).rejects.toMatchObject({ code: 'too_deep' });
    let definite: Buffer = Buffer.alloc(0);
    for (let i = 0; i < 200; i++) definite = ber(0x30, definite);
    await expect(decryptAll(frame({ recipients: ber(0x31, definite) }))).rejects.toMatchObject({
      code: 'too_deep',
    });
    const strings = Buffer.concat([
      Buffer.of(0xa0, 0x80),
      ...new Array<Buffer>(200).fill(Buffer.of(0x24, 0x80)),
    ]);
    const recipient = ber(0x31, recipientInfo(randomBytes(256)));
    await expect(decryptAll(frame({ recipients: recipient, content: strings }))).rejects.toMatchObject({
      code: 'too_deep',
    });
  });

  it('refuse a header beyond a megabyte without reading it', async () => {
    const claimed = Buffer.concat([Buffer.of(0x31, 0x84, 0x7f, 0xff, 0xff, 0xff), randomBytes(100)]);
    await expect(decryptAll(frame({ recipients: claimed }))).rejects.toMatchObject({ code: 'too_large' });
    let read = 0;
    const endless = (async function* () {
      yield frame({ recipients: Buffer.of(0x31, 0x80) }, true);
      for (;;) {
        read += 10_000;
        yield Buffer.concat(new Array<Buffer>(100).fill(ber(0x30, randomBytes(90))));
      }
    })();
    await expect(decryptStream(endless)).rejects.toMatchObject({ code: 'too_large' });
    expect(read).toBeLessThan(3_000_000);
  });

  it('refuse impossible lengths and elements that overlap their end', async () => {
    for (const bad of [
      Buffer.of(0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      Buffer.of(0x30, 0x05, 0x06, 0x20, 1, 2, 3, 4, 5),
      Buffer.of(0x3f, 0x80),
    ]) {
      await expect(decryptAll(Buffer.concat([bad, Buffer.alloc(300)]))).rejects.toMatchObject({
        name: 'CmsError',
      });
    }
    // An indefinite element inside a definite one that is too short for it.
    const message = vector('oaep-sha256-ber.cms');
    const outer = ber(0x30, message.subarray(2, -2));
    outer.writeUInt16BE(outer.readUInt16BE(2) - 3, 2);
    await expect(decryptAll(Buffer.concat([outer, Buffer.alloc(10)]))).rejects.toMatchObject({
      code: 'malformed',
    });
  });

  it('bound the RSA work for a message full of our own name: eight attempts, then no more', async () => {
    const key = randomBytes(32);
    const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16));
    const content = ber(0x80, Buffer.concat([cipher.update(plain), cipher.final()]));
    const publicKey = new X509Certificate(certificate).publicKey;
    const right = recipientInfo(publicEncrypt({ key: publicKey, oaepHash: 'sha1' }, key), 'oaep');
    const wrong = recipientInfo(Buffer.alloc(256, 7), 'oaep');
    const after = (count: number) =>
      ber(0x31, Buffer.concat([...new Array<Buffer>(count).fill(wrong), right]));
    expect(await decryptAll(frame({ recipients: after(7), content }))).toEqual(plain);
    await expect(decryptAll(frame({ recipients: after(8), content }))).rejects.toMatchObject({
      code: 'bad_key',
    });
    await expect(decryptAll(frame({ recipients: after(1500), content }))).rejects.toMatchObject({
      code: 'bad_key',
    });
  });
});

describe('unusual but right forms', () => {
  const key = randomBytes(32);
  const iv = randomBytes(16);
  let sealed: Buffer;
  let recipients: Buffer;
  beforeAll(() => {
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    const publicKey = new X509Certificate(certificate).publicKey;
    recipients = ber(
      0x31,
      recipientInfo(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key)),
    );
  });

  const forms = ['short', 'long', 'indefinite'] as const;
  it.each(forms)('nested, split and empty octet strings, all of %s length', async (form) => {
    const pieces = [
      ber(0x04, sealed.subarray(0, 10)),
      ber(0x04, Buffer.alloc(0)),
      ber(
        0x24,
        Buffer.concat([
          ber(0x04, sealed.subarray(10, 500), 'long'),
          ber(0x24, ber(0x04, sealed.subarray(500, 501)), form),
        ]),
        form,
      ),
      ber(0x04, sealed.subarray(501)),
    ];
    const content = ber(0xa0, Buffer.concat(pieces), form);
    expect(await decryptAll(frame({ recipients, iv, content, form }))).toEqual(plain);
  });

  it('a primitive octet string, attributes after the content and originator information before it', async () => {
    const attributes = ber(
      0xa1,
      ber(0x30, Buffer.concat([ber(0x06, Buffer.of(0x2a, 3)), ber(0x31, ber(0x05, Buffer.alloc(0)))])),
    );
    const originator = ber(0xa0, ber(0xa0, ber(0x30, randomBytes(500))));
    for (const form of forms) {
      const content = ber(0x80, sealed);
      expect(await decryptAll(frame({ recipients, iv, content, form, attributes, originator }))).toEqual(
        plain,
      );
      expect(await decryptAll(frame({ recipients, iv, content, form, attributes }))).toEqual(plain);
    }
  });

  it('other kinds of recipients beside ours', async () => {
    const agreement = ber(0xa1, Buffer.concat([ber(0x02, Buffer.of(3)), ber(0xa0, Buffer.of(0x05, 0))]));
    const both = ber(0x31, Buffer.concat([agreement, recipients.subarray(4)]));
    const content = ber(0x80, sealed);
    expect(await decryptAll(frame({ recipients: both, iv, content }))).toEqual(plain);
    const refused = decryptAll(frame({ recipients: ber(0x31, agreement), iv, content }));
    await expect(refused).rejects.toThrow('no recipient with an RSA key');
  });

  it('but not two contents, none, nor something else', async () => {
    const twice = Buffer.concat([ber(0x80, sealed), ber(0x80, sealed)]);
    await expect(decryptAll(frame({ recipients, iv, content: twice }))).rejects.toMatchObject({
      code: 'malformed',
    });
    for (const form of forms) {
      await expect(
        decryptAll(frame({ recipients, iv, content: Buffer.alloc(0), form })),
      ).rejects.toMatchObject({ code: 'malformed' });
    }
    const integers = ber(0xa0, ber(0x02, Buffer.of(1)));
    await expect(decryptAll(frame({ recipients, iv, content: integers }))).rejects.toMatchObject({
      code: 'malformed',
    });
  });

  it('and other content types and algorithms are named', async () => {
    const oid = (hex: string) => ber(0x06, Buffer.from(hex, 'hex'));
    const wrapped = (type: string) =>
      ber(0x30, Buffer.concat([oid(type), ber(0xa0, ber(0x30, Buffer.alloc(0)))]));
    const signed = '2a864886f70d010702';
    const authEnveloped = '2a864886f70d0109100117';
    await expect(decryptAll(wrapped(signed))).rejects.toMatchObject({
      code: 'not_cms',
      message: expect.stringContaining('1.2.840.113549.1.7.2'),
    });
    await expect(decryptAll(wrapped(authEnveloped))).rejects.toMatchObject({ code: 'unsupported_algorithm' });
    await expect(decryptAll(Buffer.from('%PDF-1.7 …'))).rejects.toMatchObject({ code: 'not_cms' });
    await expect(decryptAll(Buffer.alloc(0))).rejects.toMatchObject({ code: 'truncated' });
    const gcm = ber(0x30, Buffer.concat([oid('60864801650304012e'), ber(0x04, iv)]));
    const refused = decryptAll(frame({ recipients, algorithm: gcm, content: ber(0x80, sealed) }));
    await expect(refused).rejects.toMatchObject({
      code: 'unsupported_algorithm',
      message: expect.stringContaining('2.16.840.1.101.3.4.1.46'),
    });
  });
});

describe('oaepDecode', () => {
  it('refuses every kind of wrong block', () => {
    for (let i = 0; i < 50; i++)
      expect(oaepDecode(randomBytes(256), 'sha256', 'sha1', Buffer.alloc(0))).toBeUndefined();
    expect(oaepDecode(Buffer.alloc(65), 'sha256', 'sha1', Buffer.alloc(0))).toBeUndefined();
    expect(oaepDecode(Buffer.alloc(256), 'sha256', 'sha1', Buffer.alloc(0))).toBeUndefined();
  });
});

function decryptStream(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return gather(decryptCms(source, [vectorKey]));
}

/** The error code, what came out, or what escaped that should not have. */
async function outcomeOf(message: Buffer, chunk = 1000): Promise<string> {
  try {
    return (await decryptAll(message, [vectorKey], chunk)).equals(plain) ? 'same content' : 'other content';
  } catch (error) {
    return error instanceof CmsError ? error.code : `escaped: ${error}`;
  }
}

/** One to four changes within the first 620 bytes, where all headers are. */
function mutate(message: Buffer, random: () => number): Buffer {
  let changed: Buffer = Buffer.from(message);
  const changes = 1 + Math.floor(random() * 4);
  for (let i = 0; i < changes; i++) {
    const at = Math.floor(random() * Math.min(620, changed.length - 1));
    const value = Buffer.of(Math.floor(random() * 256));
    const kind = Math.floor(random() * 5);
    if (kind === 0) changed[at] = value[0]!;
    else if (kind === 1) changed[at]! ^= 1 << Math.floor(random() * 8);
    else if (kind === 2)
      changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1 + (value[0]! % 20))]);
    else if (kind === 3) changed = Buffer.concat([changed.subarray(0, at), value, changed.subarray(at)]);
    else changed[at] = [0x00, 0x80, 0xff, 0x7f, 0x84, 0x30, 0xa0, 0x24][value[0]! % 8]!;
  }
  return changed;
}

/** Mulberry32: small, and the same everywhere for a seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
