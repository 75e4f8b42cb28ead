import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOLKEREGISTER_PATH, SITUATIONS } from '../simulators.ts';
import { inSituation, population, type Registers, startRegisters, TOKEN } from './support.ts';

describe('the simulators as a foreign client meets them', () => {
  let registers: Registers;
  beforeAll(async () => {
    registers = await startRegisters();
  });
  afterAll(() => registers.stop());

  const bearer = { authorization: `Bearer ${TOKEN}` };
  const krr = (body: unknown, headers: Record<string, string> = bearer) =>
    fetch(`${registers.origin}/simulator/krr/rest/v2/personer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const brreg = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${registers.origin}/simulator/enhetsregisteret/enhetsregisteret/api${path}`, { headers });
  const freg = (path: string, headers: Record<string, string> = bearer) =>
    fetch(`${registers.origin}/simulator/folkeregisteret${FOLKEREGISTER_PATH}/v1/personer${path}`, {
      headers,
    });

  it('KRR: takes 1 to 1000 valid numbers', async () => {
    const fnrs = population.persons.map((person) => person.fnr);
    expect((await krr({ personidentifikatorer: fnrs.slice(0, 1000) })).status).toBe(200);
    for (const bad of [
      { personidentifikatorer: fnrs.slice(0, 1001) },
      { personidentifikatorer: [] },
      { personidentifikatorer: ['12345678901'] },
      { personidentifikatorer: 'x' },
      {},
      '{',
    ]) {
      const response = await krr(bad);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ status: 400, error: 'Bad Request' });
    }
    expect((await krr(`{"x":"${'y'.repeat(300_000)}"}`)).status).toBe(413);
  });

  it('KRR: wants a bearer token', async () => {
    const none = await krr({ personidentifikatorer: ['10915596784'] }, {});
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    const wrong = await krr({ personidentifikatorer: ['10915596784'] }, { authorization: 'Bearer wrong' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('KRR: keeps the order and tells nothing of those who cannot be notified', async () => {
    const fnrs = SITUATIONS.flatMap((situation) => inSituation(situation).slice(0, 5));
    const { personer } = (await (await krr({ personidentifikatorer: fnrs })).json()) as {
      personer: Record<string, unknown>[];
    };
    expect(personer.map((person) => person.personidentifikator)).toEqual(fnrs);
    for (const person of personer) {
      const open = person.varslingsstatus === 'KAN_VARSLES';
      expect('kontaktinformasjon' in person).toBe(open);
      if (!open) expect(person).not.toHaveProperty('digital_post');
    }
    expect(personer.some((person) => person.reservasjon === 'JA')).toBe(true);
  });

  it('Enhetsregisteret: HAL pages, limits and error bodies', async () => {
    const first = (await (await brreg('/enheter?organisasjonsform=KOMM,FYLK&size=10')).json()) as {
      _embedded: { enheter: { organisasjonsnummer: string }[] };
      page: object;
    };
    expect(first._embedded.enheter).toHaveLength(10);
    expect(first.page).toEqual({ size: 10, totalElements: 28, totalPages: 3, number: 0 });
    const last = (await (
      await brreg('/enheter?organisasjonsform=KOMM,FYLK&size=10&page=2')
    ).json()) as typeof first;
    expect(last._embedded.enheter).toHaveLength(8);
    const none = await (await brreg('/enheter?navn=finnesikke')).json();
    expect(none).not.toHaveProperty('_embedded');
    for (const path of [
      '/enheter?size=10001',
      '/enheter?size=100&page=100',
      '/enheter?page=-1',
      '/enheter/12ab',
    ]) {
      const response = await brreg(path);
      expect(response.status, path).toBe(400);
      expect(await response.json()).toMatchObject({ antallFeil: 1, valideringsfeil: [{}] });
    }
    expect((await brreg('/enheter?navn=a&navn=b')).status).toBe(400);
    expect((await brreg('/enheter/319999981')).status).toBe(404);
    expect((await brreg('/finnesikke')).status).toBe(404);
  });

  it('Enhetsregisteret: content types, links, units of a parent, 410 for the removed', async () => {
    const plain = await brreg('/enheter/310000000');
    expect(plain.headers.get('content-type')).toContain('application/json');
    expect(await plain.json()).toMatchObject({ _links: { self: { href: plain.url } }, maalform: 'Bokmål' });
    const vendor = 'application/vnd.brreg.enhetsregisteret.enhet.v2+json';
    expect((await brreg('/enheter/310000000', { accept: vendor })).headers.get('content-type')).toContain(
      vendor,
    );
    const units = (await (await brreg('/underenheter?overordnetEnhet=310000051')).json()) as {
      _embedded: { underenheter: { overordnetEnhet: string }[] };
    };
    expect(units._embedded.underenheter.map((unit) => unit.overordnetEnhet)).toEqual(
      Array(3).fill('310000051'),
    );
    const removed = population.organisations.find((entry) => entry.removed);
    expect((await brreg(`/enheter/${removed?.orgnr}`)).status).toBe(410);
  });

  it('Folkeregisteret: parts, token and error bodies', async () => {
    const fnr = inSituation('child')[0];
    const basis = (await (await freg(`/${fnr}`)).json()) as object;
    expect(basis).toHaveProperty('bostedsadresse');
    expect(basis).not.toHaveProperty('foreldreansvar');
    const narrow = (await (await freg(`/${fnr}?part=navn&part=foreldreansvar`)).json()) as object;
    expect(Object.keys(narrow).sort()).toEqual(['foreldreansvar', 'identifikasjonsnummer', 'navn']);
    for (const [response, status] of [
      [await freg('/10915596784'), 404],
      [await freg(`/${fnr}`, {}), 401],
    ] as const) {
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ kode: expect.stringMatching(/^FREG-\d{3}$/) });
    }
  });

  it('meets wishes in order, counts calls, and forgets on reset', async () => {
    const { enhetsregisteret } = registers;
    enhetsregisteret.reset();
    enhetsregisteret.fail({ status: 500, times: 2 });
    enhetsregisteret.fail({ status: 429 });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++) statuses.push((await brreg('/enheter/310000000')).status);
    expect(statuses).toEqual([500, 500, 429, 200]);
    expect(enhetsregisteret.calls).toBe(4);
    enhetsregisteret.fail({ status: 503, times: Number.POSITIVE_INFINITY });
    expect((await brreg('/enheter/310000000')).status).toBe(503);
    expect((await brreg('/enheter/310000000')).status).toBe(503);
    enhetsregisteret.reset();
    expect((await brreg('/enheter/310000000')).status).toBe(200);
    expect(enhetsregisteret.calls).toBe(1);
  });
});
