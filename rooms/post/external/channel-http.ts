import {
  createOutgoingHttp,
  type OutgoingAnswer,
  OutgoingFailure,
  type OutgoingLimits,
  type OutgoingRequest,
  type TokenSupplier,
} from '@grunnmur/kernel/outgoing';
import { ChannelUnavailable, type ExternalChannel } from './channel-outcome.ts';

export type { TokenSupplier } from '@grunnmur/kernel/outgoing';
export type HttpLimits = OutgoingLimits;
type ChannelRequest = Omit<OutgoingRequest, 'repeatable'>;
export type ChannelAnswer = OutgoingAnswer;

export interface ChannelHttpOptions {
  readonly channel: ExternalChannel;
  /** Address of the service; a path in it is kept in front of every call's path. */
  readonly baseUrl: string;
  readonly token: TokenSupplier;
  readonly limits?: Partial<HttpLimits>;
}

export interface ChannelHttp {
  /** Any status below 600 is an answer; throws `ChannelUnavailable` when there is none. */
  request(request: ChannelRequest): Promise<ChannelAnswer>;
  close(): Promise<void>;
}

/** Outgoing calls to one channel. None is repeated here: the letter's job decides when the next attempt is. */
export function createChannelHttp({ channel, ...options }: ChannelHttpOptions): ChannelHttp {
  const http = createOutgoingHttp(options);
  return {
    request: async (request) => {
      try {
        return await http.request(request);
      } catch (error) {
        if (!(error instanceof OutgoingFailure)) throw error;
        throw new ChannelUnavailable(channel, error.kind, { cause: error.cause });
      }
    },
    close: () => http.close(),
  };
}
