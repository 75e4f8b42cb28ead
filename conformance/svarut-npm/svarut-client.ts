import { createRequire } from 'node:module';

/** What the npm client answers: the parsed body, whether the call succeeded or not. */
// biome-ignore lint/suspicious/noExplicitAny: the client has no types, and its answers are what is being looked at
type Answer = any;

/** The client's calls, as its documentation lists them. */
export interface SvarutClient {
  sendForsendelse(forsendelse: object): Promise<Answer>;
  getStatus(ids: string | readonly string[]): Promise<Answer>;
  getForsendelseHistorikk(id: string): Promise<Answer>;
  getSigneringHistorikk(id: string): Promise<Answer>;
  getDokumentMetadata(id: string): Promise<Answer>;
  getForsendelseTyper(): Promise<Answer>;
  getForsendelseEksternref(reference: string): Promise<Answer>;
  setForsendelseLest(id: string, lestAv: object): Promise<Answer>;
}

type Create = (settings: { username: string; password: string; url: string }) => SvarutClient;

/** The published client, loaded as its documentation says. */
export const createSvarutClient = createRequire(import.meta.url)('@vtfk/svarut') as Create;
