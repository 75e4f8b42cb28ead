import type { ExchangeClient } from '@grunnmur/exchange-client';

/** Names kontoer for people, asking the catalogue once for each; one that it does not know stays its id. */
export function createKontoNames(client: ExchangeClient): (kontoId: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (kontoId) => {
    const name = known.get(kontoId) ?? look(client, kontoId);
    known.set(kontoId, name);
    return name;
  };
}

async function look(client: ExchangeClient, kontoId: string): Promise<string> {
  const konto = await client.katalog.konto(kontoId).catch(() => undefined);
  if (!konto) return kontoId;
  const { kontoNavn, fiksOrgNavn } = konto;
  return kontoNavn.startsWith(fiksOrgNavn) ? kontoNavn : `${kontoNavn} (${fiksOrgNavn})`;
}
