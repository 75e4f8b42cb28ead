import { parseJson } from '@grunnmur/kernel/outgoing';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ChannelAnswer } from './channel-http.ts';
import { ChannelUnavailable, type ExternalChannel } from './channel-outcome.ts';

/** Reads an answer's JSON as `T`; an answer of another form is `ChannelUnavailable` of kind `malformed`. */
export type AnswerReader<T> = (channel: ExternalChannel, answer: ChannelAnswer) => T;

/** Compiles `schema` once; unknown properties are allowed, as services add fields without notice. */
export function answerReader<S extends TSchema>(schema: S): AnswerReader<Static<S>> {
  const validator = Compile(schema);
  return (channel, answer) => {
    const value = parseJson(answer.text);
    if (value === undefined || !validator.Check(value)) {
      throw new ChannelUnavailable(channel, 'malformed', { status: answer.status });
    }
    return value as Static<S>;
  };
}

/**
 * The error for an answer that says nothing about the letter itself: credentials (401, 403), overload (408, 429),
 * faults (5xx) and everything the contract does not name.
 */
export function unavailable(
  channel: ExternalChannel,
  answer: ChannelAnswer,
  code?: string,
): ChannelUnavailable {
  const { status, retryAfterSeconds } = answer;
  return new ChannelUnavailable(channel, kindOf(status), { status, retryAfterSeconds, code });
}

function kindOf(status: number): 'authorisation' | 'status' | 'configuration' {
  if (status === 401 || status === 403) return 'authorisation';
  return status === 408 || status === 429 || status >= 500 ? 'status' : 'configuration';
}
