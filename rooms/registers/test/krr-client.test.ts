import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KRR_SCOPES, MAILBOX_SUPPLIERS } from '../simulators.ts';
import { certificateText, inSituation, population, type Registers, startRegisters } from './support.ts';

const everybody = population.persons.map((person) => person.fnr);

function first(situation: Parameters<typeof inSituation>[0]): string {
  return inSituation(situation)[0] as string;
}

/** A right number that nobody in the population has. */
const STRANGER = '10915596784';

describe('the contact register over HTTP', () => {
  let registers: Registers;
  beforeAll(async () => {
    registers = await startRegisters();
  });
  afterAll(() => registers.stop());
  beforeEach(() => registers.krr.reset());

  const lookup = async (fnr: string) => (await registers.contacts.lookup([fnr])).get(fnr);

  it('finds mailbox, supplier, certificate and contact data', async () => {
    const fnr = first('digital-mailbox');
    const person = population.findPerson(fnr);
    const { digipost } = MAILBOX_SUPPLIERS;
    expect(await lookup(fnr)).toEqual({
      fnr,
      registered: true,
      reserved: false,
      status: 'AKTIV',
      notifiable: true,
      email: person?.contact.email,
      mobile: person?.contact.mobile,
      mailbox: {
        address: person?.contact.mailbox?.address,
        supplierOrgnr: digipost,
        certificatePem: certificateText(digipost),
      },
      language: 'nb',
    });
  });

  it('tells an Altinn user, a reserved, an unknown, an expired and a deleted person apart', async () => {
    const altinn = await lookup(first('altinn'));
    expect(altinn).toMatchObject({ registered: true, notifiable: true, reserved: false });
    expect(altinn?.mailbox).toBeUndefined();
    expect(await lookup(first('reserved'))).toMatchObject({
      registered: true,
      reserved: true,
      notifiable: false,
    });
    const nobody = { registered: false, reserved: false, status: 'IKKE_REGISTRERT', notifiable: false };
    expect(await lookup(STRANGER)).toEqual({ fnr: STRANGER, ...nobody });
    const [unknown, expired] = inSituation('no-contact') as [string, string];
    expect(await lookup(unknown)).toEqual({ fnr: unknown, ...nobody });
    expect(await lookup(expired)).toEqual({
      fnr: expired,
      registered: true,
      reserved: false,
      status: 'AKTIV',
      notifiable: false,
    });
    expect(await lookup(first('deceased'))).toMatchObject({ registered: false, status: 'SLETTET' });
  });

  it('looks thousands up in calls of at most 1000', async () => {
    const found = await registers.contacts.lookup(everybody.slice(0, 2500));
    expect(found.size).toBe(2500);
    expect(registers.krr.calls).toBe(3);
    expect(registers.krr.largestBatch).toBe(1000);
  });

  it('lets callers at the same time share one call', async () => {
    const found = await Promise.all(everybody.slice(0, 200).map(lookup));
    expect(found.every((contact, index) => contact?.fnr === everybody[index])).toBe(true);
    expect(registers.krr.calls).toBe(1);
    expect(registers.krr.largestBatch).toBe(200);
  });

  it('answers nobody without a call, and refuses wrong and too many numbers without a call', async () => {
    expect((await registers.contacts.lookup([])).size).toBe(0);
    await expect(lookup('12345678901')).rejects.toMatchObject({
      code: 'registers.invalid_fnr',
      retry: false,
    });
    const tooMany = Array.from({ length: 50_001 }, () => STRANGER);
    await expect(registers.contacts.lookup(tooMany)).rejects.toMatchObject({
      code: 'registers.too_many_ids',
    });
    expect(registers.krr.calls).toBe(0);
  });

  it('repeats quickly after a broken connection or a gateway error, and then succeeds', async () => {
    registers.krr.fail({ drop: true });
    registers.krr.fail({ status: 503 });
    expect(await lookup(STRANGER)).toMatchObject({ status: 'IKKE_REGISTRERT' });
    expect(registers.krr.calls).toBe(3);
  });

  it.each([
    ['down', { drop: true, times: 3 }, 'registers.krr_unavailable', true, 3],
    ['gateway error', { status: 502, times: 3 }, 'registers.krr_unavailable', true, 3],
    ['internal error', { status: 500 }, 'registers.krr_unavailable', true, 1],
    ['too many calls', { status: 429 }, 'registers.krr_rate_limited', true, 1],
    ['token refused', { status: 401 }, 'registers.krr_refused', true, 1],
    ['scope missing', { status: 403 }, 'registers.krr_refused', true, 1],
    ['wrong address', { status: 404 }, 'registers.krr_refused', true, 1],
    ['request refused', { status: 400 }, 'registers.krr_rejected', false, 1],
    ['not JSON', { body: '<html>person 10915596784</html>' }, 'registers.krr_invalid_answer', true, 1],
    ['other JSON', { body: '{"personer":{}}' }, 'registers.krr_invalid_answer', true, 1],
    ['no persons', { body: '{"personer":[]}' }, 'registers.krr_invalid_answer', true, 1],
    ['null', { body: 'null' }, 'registers.krr_invalid_answer', true, 1],
  ])('%s', async (_what, wish, code, retry, calls) => {
    registers.krr.fail(wish);
    const error = await lookup(STRANGER).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, retry });
    expect(registers.krr.calls).toBe(calls);
    // What is logged must not tell whom the look-up was about.
    const { message, stack, params, cause } = error as Record<string, unknown>;
    expect(JSON.stringify({ message, stack, params, cause })).not.toContain(STRANGER);
  });

  it.each([
    ['an unknown status', { status: 'VILLE' }],
    ['no reservation', { reservasjon: null }],
    ['a wrong type', { kontaktinformasjon: 'ja' }],
  ])('fails only those who asked for a person with %s', async (_what, change) => {
    const [good, bad] = everybody.slice(20, 22) as [string, string];
    const person = { reservasjon: 'NEI', status: 'AKTIV', varslingsstatus: 'KAN_VARSLES' };
    const personer = [
      { ...person, personidentifikator: good },
      { ...person, personidentifikator: bad, ...change },
    ];
    registers.krr.fail({ body: JSON.stringify({ personer }) });
    const [one, two] = await Promise.allSettled([lookup(good), lookup(bad)]);
    expect(one).toMatchObject({ status: 'fulfilled', value: { fnr: good, registered: true } });
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'registers.krr_invalid_answer' } });
  });

  it('repeats a refused call one caller at a time', async () => {
    registers.krr.fail({ status: 400 });
    const found = await Promise.all([lookup(everybody[0] as string), lookup(everybody[1] as string)]);
    expect(found.map((contact) => contact?.fnr)).toEqual(everybody.slice(0, 2));
    expect(registers.krr.calls).toBe(3);
  });

  it('judges e-mail and mobile apart by the 18 months, in every form of timestamp', async () => {
    const answerWith = (kontaktinformasjon: object) => ({
      body: JSON.stringify({
        personer: [
          {
            personidentifikator: STRANGER,
            reservasjon: 'NEI',
            status: 'AKTIV',
            varslingsstatus: 'KAN_VARSLES',
            kontaktinformasjon,
          },
        ],
      }),
    });
    const both = { epostadresse: 'a@post.example', mobiltelefonnummer: '+4700000000' };
    registers.krr.fail(
      answerWith({
        ...both,
        epostadresse_oppdatert: '2020-01-01T00:00:00+02',
        epostadresse_sist_verifisert: '2025-05-21T10:14:52+02',
        mobiltelefonnummer_oppdatert: '2020-01-01T00:00:00Z',
        mobiltelefonnummer_sist_verifisert: '2025-05-19T10:14:52.768+02:00',
      }),
    );
    const judged = await lookup(STRANGER);
    expect(judged?.email).toBe('a@post.example');
    expect(judged?.mobile).toBeUndefined();
    registers.krr.fail(answerWith({ ...both, epostadresse_oppdatert: null }));
    expect(await lookup(STRANGER)).toMatchObject({ email: 'a@post.example', mobile: '+4700000000' });
  });

  it('takes a certificate in bare Base64, and no mailbox without a readable one', async () => {
    const answerWith = (sertifikat: string | null) => ({
      body: JSON.stringify({
        personer: [
          {
            personidentifikator: STRANGER,
            reservasjon: 'NEI',
            status: 'AKTIV',
            digital_post: { postkasseadresse: 'a#1', postkasseleverandoeradresse: '984661185' },
            sertifikat,
          },
        ],
      }),
    });
    registers.krr.fail(answerWith('A'.repeat(130)));
    const pem = (await lookup(STRANGER))?.mailbox?.certificatePem.split('\n');
    expect(pem).toEqual([
      '-----BEGIN CERTIFICATE-----',
      'A'.repeat(64),
      'A'.repeat(64),
      'AA',
      '-----END CERTIFICATE-----',
    ]);
    for (const unreadable of ['not a certificate!', '', null]) {
      registers.krr.fail(answerWith(unreadable));
      expect((await lookup(STRANGER))?.mailbox).toBeUndefined();
    }
  });

  it('gives a caller who hangs up its own reason', async () => {
    const gone = new AbortController();
    registers.krr.fail({ delayMs: 50 });
    const waiting = registers.contacts.lookup([STRANGER], gone.signal);
    await expect.poll(() => registers.krr.calls).toBe(1);
    gone.abort(new Error('client went away'));
    await expect(waiting).rejects.toThrow('client went away');
  });
});

describe('the contact register under other conditions', () => {
  it('gives up at the time limit', async () => {
    const registers = await startRegisters({ timeoutMs: 100 });
    registers.krr.fail({ delayMs: 400 });
    await expect(registers.contacts.lookup([STRANGER])).rejects.toMatchObject({
      code: 'registers.krr_unavailable',
      retry: true,
      params: { reason: 'timeout' },
    });
    await registers.stop();
  });

  it('reads no more than the size limit', async () => {
    const registers = await startRegisters();
    registers.krr.fail({ body: `{"personer":[],"fyll":"${'x'.repeat(17 * 1024 * 1024)}"}` });
    await expect(registers.contacts.lookup([STRANGER])).rejects.toMatchObject({
      code: 'registers.krr_invalid_answer',
      params: { reason: 'too large' },
    });
    await registers.stop();
  });

  it('is refused with a bad token or no fitting scope', async () => {
    const bad = await startRegisters({ token: async () => 'bad-token' });
    await expect(bad.contacts.lookup([STRANGER])).rejects.toMatchObject({ params: { status: 401 } });
    await bad.stop();
    const narrow = await startRegisters({ scopes: ['another:scope'] });
    await expect(narrow.contacts.lookup([STRANGER])).rejects.toMatchObject({ params: { status: 403 } });
    await narrow.stop();
  });

  it('counts a token that cannot be had as the register being out of reach', async () => {
    const registers = await startRegisters({ token: () => Promise.reject(new Error('issuer down')) });
    await expect(registers.contacts.lookup([STRANGER])).rejects.toMatchObject({
      code: 'registers.krr_unavailable',
    });
    expect(registers.krr.calls).toBe(0);
    await registers.stop();
  });

  it('shows contact data and mailbox by scope', async () => {
    const fnr = first('digital-mailbox');
    const contactOnly = await startRegisters({ scopes: [KRR_SCOPES.contact] });
    const contact = (await contactOnly.contacts.lookup([fnr])).get(fnr);
    expect(contact?.email).toBeDefined();
    expect(contact?.mailbox).toBeUndefined();
    await contactOnly.stop();
    const mailboxOnly = await startRegisters({ scopes: [KRR_SCOPES.mailbox] });
    const mailbox = (await mailboxOnly.contacts.lookup([fnr])).get(fnr);
    expect(mailbox?.email).toBeUndefined();
    expect(mailbox?.mailbox).toBeDefined();
    await mailboxOnly.stop();
  });

  it('refuses synthetic numbers in production', async () => {
    const registers = await startRegisters({ synthetic: false });
    await expect(registers.contacts.lookup([STRANGER])).rejects.toMatchObject({
      code: 'registers.invalid_fnr',
    });
    await expect(registers.organisations.find('310000000')).rejects.toMatchObject({
      code: 'registers.invalid_orgnr',
    });
    await expect(registers.population.find(STRANGER)).rejects.toMatchObject({
      code: 'registers.invalid_fnr',
    });
    expect(registers.krr.calls + registers.enhetsregisteret.calls + registers.folkeregisteret.calls).toBe(0);
    await registers.stop();
  });

  it('reports a server that is not there', async () => {
    const registers = await startRegisters();
    await registers.stop();
    await expect(registers.contacts.lookup([STRANGER])).rejects.toMatchObject({
      code: 'registers.krr_unavailable',
    });
  });
});
