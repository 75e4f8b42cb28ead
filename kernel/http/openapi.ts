import type { SwaggerTransformObject } from '@fastify/swagger';
import type { FastifySchema, RouteOptions } from 'fastify';
import type { TSchema } from 'typebox';

/** How callers of a face log in, as OpenAPI tells it: all the named schemes together. */
export interface LoginDescription {
  readonly schemes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What OpenAPI tells of a whole face, so that each of its operations need not. */
export interface FaceDescription {
  /** The tag that the face's operations bear. */
  readonly tag: string;
  readonly description: string;
  /** Absent: open to all. */
  readonly login?: LoginDescription;
  /** The face's one shape of errors, by its name among the document's schemas. */
  readonly errors: { readonly name: string; readonly schema: TSchema; readonly mediaType: string };
  /** Path parameters by name. Those that are not here are UUIDs. */
  readonly parameters?: Readonly<Record<string, ParameterDescription>>;
}

interface ParameterDescription {
  readonly type: 'string' | 'integer';
  readonly description: string;
  readonly pattern?: string;
  readonly minLength?: number;
}

/** A header of an answer, as OpenAPI tells it. */
export interface AnswerHeader {
  readonly description: string;
  readonly schema: { readonly type: 'string'; readonly format?: string };
}

declare module 'fastify' {
  interface FastifySchema {
    /** Headers that the answer may have when all went well, beside those that every answer has. */
    readonly answerHeaders?: Readonly<Record<string, AnswerHeader>>;
    /** What the route reads by its own rules: told in OpenAPI, and never checked against these schemas. */
    readonly reads?: {
      readonly body?: TSchema;
      readonly querystring?: TSchema;
      readonly headers?: TSchema;
    };
  }
  interface FastifyContextConfig {
    readonly description?: FaceDescription;
    /** Name of the route's wildcard, which is text of the caller's, slashes in a row and all, and not a path. */
    readonly ownText?: string;
  }
}

/** Mark operations until the document is whole. */
const TAG = 'x-face';
const HEADERS = 'x-answer-headers';

type Json = Record<string, unknown>;
type Media = Record<string, { schema?: { type?: unknown; $ref?: string } }>;
interface Answer {
  description: string;
  headers?: Json;
  content?: Media;
}
interface Operation {
  [TAG]?: string;
  [HEADERS]?: Json;
  security?: readonly object[];
  requestBody?: unknown;
  parameters?: readonly { readonly name: string }[];
  responses: Record<string, Answer>;
}
interface Document {
  tags?: unknown;
  components?: { securitySchemes?: Json; schemas?: Json };
  paths?: Record<string, Record<string, Operation>>;
}

/** The parts of the document that come from the faces: each face is told once, and each operation says what it may answer. */
export interface ApiDocument {
  readonly transform: (input: { schema: FastifySchema; url: string; route: RouteOptions }) => {
    schema: FastifySchema;
    url: string;
  };
  readonly transformObject: SwaggerTransformObject;
}

export function createApiDocument(): ApiDocument {
  const faces = new Map<string, FaceDescription>();
  return {
    transform: ({ schema, url, route }) => {
      const description = route.config?.description;
      if (!schema?.operationId || !description) return { schema, url };
      faces.set(description.tag, description);
      const path = route.config?.ownText ? url.replace(/\*$/, `:${route.config.ownText}`) : url;
      const { reads, answerHeaders, ...rest } = schema;
      const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
      const response = withoutRanges(rest.response as Json | undefined);
      for (const mediaType of rest.produces ?? []) Object.assign(response, sentAsItIs(mediaType));
      return {
        url: path,
        schema: {
          ...rest,
          ...reads,
          ...(names.length > 0 ? { params: pathParameters(names, description) } : {}),
          response,
          tags: [description.tag],
          [TAG]: description.tag,
          ...(answerHeaders ? { [HEADERS]: answerHeaders } : {}),
        } as FastifySchema,
      };
    },
    transformObject: (made) => {
      const document = ('openapiObject' in made ? made.openapiObject : {}) as Document;
      const used = [...faces.values()].sort((a, b) => a.tag.localeCompare(b.tag));
      document.tags = used.map(({ tag: name, description }) => ({ name, description }));
      const schemas = { ...document.components?.schemas };
      for (const { errors } of used) schemas[errors.name] = plain(errors.schema);
      const securitySchemes = Object.assign({}, ...used.map(({ login }) => login?.schemes ?? {})) as Json;
      document.components = { ...document.components, securitySchemes, schemas };
      for (const operation of operationsOf(document)) complete(operation, faces);
      numberFormats(document.paths);
      numberFormats(schemas);
      return document as ReturnType<SwaggerTransformObject>;
    },
  };
}

/** Text, or bytes, which may be asked for in part (RFC 9110 §14) and unless they are known already (§13). */
function sentAsItIs(mediaType: string): Json {
  if (mediaType.startsWith('text/'))
    return { 200: { content: { [mediaType]: { schema: { type: 'string' } } } } };
  const bytes = { content: { [mediaType]: { schema: { type: 'string', format: 'binary' } } } };
  return { 200: bytes, 206: bytes, 304: { type: 'null' } };
}

function withoutRanges(response: Json | undefined): Json {
  const kept = Object.entries(response ?? {}).filter(([status]) => /^\d{3}$/.test(status));
  return Object.fromEntries(kept);
}

function requirement({ schemes }: LoginDescription): Record<string, string[]> {
  return Object.fromEntries(Object.keys(schemes).map((name) => [name, []]));
}

function pathParameters(names: readonly string[], { parameters }: FaceDescription): Json {
  const properties = names.map((name) => [name, parameters?.[name] ?? { type: 'string', format: 'uuid' }]);
  return { type: 'object', required: names, properties: Object.fromEntries(properties) };
}

function operationsOf(document: Document): Operation[] {
  return Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods));
}

const TEXTS: Readonly<Record<number, string>> = {
  200: 'Utført',
  201: 'Opprettet',
  202: 'Tatt imot',
  204: 'Utført, uten innhold',
  206: 'En del av innholdet',
  304: 'Uendret siden sist',
  400: 'Noe i kallet er feil; teksten nevner felt og regel',
  401: 'Ikke innlogget; hvilken del som er feil, står i driftsloggen',
  403: 'Ikke tilgang',
  404: 'Finnes ikke, eller ikke for den som spør',
  408: 'Overføringen tok for lang tid',
  409: 'Strider mot noe som finnes',
  413: 'Større enn grensen',
  415: 'Innholdstypen leses ikke her',
  416: 'Så langt inn rekker ikke innholdet',
  422: 'Idempotency-Key er brukt før med et annet innhold',
  429: 'For mange kall; vent så lenge Retry-After sier',
  500: 'Feil hos oss; loggen har mer under kallets id',
  503: 'Ikke tilgjengelig nå; prøv igjen etter Retry-After',
  507: 'Lageret er fullt',
};
const ALWAYS = [400, 404, 429, 500, 503];
const LOGGED_IN = [401, 403];
const WITH_BODY = [408, 409, 413, 415, 507];
const RETRY_AFTER = {
  'Retry-After': { description: 'Sekunder til kallet kan gjentas', schema: { type: 'integer', minimum: 0 } },
};

function complete(operation: Operation, faces: ReadonlyMap<string, FaceDescription>): void {
  const face = faces.get(operation[TAG] ?? '');
  const answerHeaders = operation[HEADERS];
  delete operation[TAG];
  delete operation[HEADERS];
  if (!face) return;
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (answerHeaders && status.startsWith('2')) answer.headers = { ...answer.headers, ...answerHeaders };
    answer.description = TEXTS[Number(status)] ?? answer.description;
    const media = Object.values(answer.content ?? {});
    if (media.some(({ schema }) => schema?.type === 'null')) delete answer.content;
  }
  const { errors, login } = face;
  operation.security ??= login ? [requirement(login)] : [];
  const content = { [errors.mediaType]: { schema: { $ref: `#/components/schemas/${errors.name}` } } };
  const statuses = [
    ...ALWAYS,
    ...(login ? LOGGED_IN : []),
    ...(operation.requestBody ? WITH_BODY : []),
    ...(operation.responses[206] ? [416] : []),
    ...(operation.parameters?.some(({ name }) => name === 'Idempotency-Key') ? [422] : []),
  ];
  for (const status of statuses.sort()) {
    const headers = status === 429 || status === 503 ? { headers: RETRY_AFTER } : {};
    operation.responses[status] ??= { description: TEXTS[status]!, ...headers, content };
  }
}

/** Whole numbers say how large they may be: code is generated from it. */
function numberFormats(value: unknown): void {
  if (Array.isArray(value)) value.forEach(numberFormats);
  if (typeof value !== 'object' || value === null) return;
  const schema = value as Json & { maximum?: number };
  if (schema.type === 'integer') {
    schema.format ??= Math.abs(schema.maximum ?? Number.POSITIVE_INFINITY) < 2 ** 31 ? 'int32' : 'int64';
  }
  for (const [key, inner] of Object.entries(schema)) if (!/^examples?$/.test(key)) numberFormats(inner);
}

/** Without what schema libraries hang on a schema beside its JSON. */
function plain(schema: TSchema): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}
