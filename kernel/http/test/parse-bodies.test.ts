import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { type FieldError, KernelError } from '../../errors/index.ts';
import { createLogger } from '../../log/index.ts';
import { createApp, parseBodies, parseJsonMessage, registerFace, STREAMED } from '../index.ts';

const invalid = (fields: readonly FieldError[]) => KernelError.validation({ fields });
const faultsOf = (bytes: Uint8Array) => {
  try {
    return { value: parseJsonMessage(bytes, invalid) };
  } catch (error) {
    return (error as { fields: FieldError[] }).fields.map(({ field, rule }) => `${field} ${rule}`);
  }
};

describe('reading JSON messages', () => {
  it.each<[string, Uint8Array, unknown]>([
    ['drops nulls', Buffer.from('{"a":null,"b":[1,null,{"c":null}]}'), { value: { b: [1, null, {}] } }],
    ['takes no prototype', Buffer.from('{"__proto__":{"x":1}}'), { value: {} }],
    ['wants UTF-8', Buffer.from([0x22, 0xff, 0x22]), [' utf8']],
    ['wants JSON', Buffer.from('{'), [' json']],
    ['names what cannot be stored', Buffer.from('{"a":[{"b":"\\u0000"}]}'), ['/a/0/b characters']],
    ['and where a name cannot', Buffer.from('{"a":{"\\ud800":1}}'), ['/a characters']],
    ['bounds the depth', Buffer.from('['.repeat(17) + ']'.repeat(17)), [' depth']],
    [
      'and takes what is just within',
      Buffer.from('['.repeat(16) + ']'.repeat(16)),
      { value: expect.any(Array) },
    ],
  ])('%s', (_, bytes, expected) => {
    expect(faultsOf(bytes)).toEqual(expected);
  });

  it('checks form and query of a face, whatever the type says, and tells all faults at once', async () => {
    const log = createLogger({ level: 'silent' });
    const app = await createApp({ log, version: '0', publicUrl: 'http://localhost' });
    for (const emptyIsAbsent of [true, false])
      await registerFace(
        app,
        {
          name: 'f',
          prefix: `/${emptyIsAbsent}`,
          errorBody: ({ fields }) => ({ body: fields.map(({ field, rule }) => `${field} ${rule}`) }),
        },
        (scope) => {
          parseBodies(scope, { maxJsonBytes: 100, invalid, emptyIsAbsent });
          const body = Type.Object({ navn: Type.String({ minLength: 2 }), antall: Type.Integer() });
          const querystring = Type.Object({ niva: Type.Optional(Type.String({ minLength: 1 })) });
          scope.post('/form', { schema: { body, querystring } }, async ({ body: read }) => read);
          scope.post('/own', { schema: { body: { ...body, ...STREAMED } } }, async () => 'read by itself');
        },
      );
    const post = (url: string, payload?: string) =>
      app.inject({ method: 'POST', url, headers: { 'content-type': 'text/odd' }, payload: payload ?? '' });
    const good = '{"navn":"ab","antall":1,"nytt":2,"ingen":null}';
    expect((await post('/true/form?niva=', good)).json()).toEqual({ navn: 'ab', antall: 1, nytt: 2 });
    expect((await post('/false/form?niva=', good)).json()).toEqual(['/niva minLength']);
    expect((await post('/true/form', '{"navn":"a","antall":"1"}')).json()).toEqual([
      '/navn minLength',
      '/antall type',
    ]);
    expect((await post('/true/form')).json()).toEqual(['/navn required', '/antall required']);
    expect((await post('/true/form', JSON.stringify({ navn: 'x'.repeat(100) }))).statusCode).toBe(413);
    expect((await post('/true/own', '{}')).body).toBe('read by itself');
  });
});
