import { createPopulation } from '@grunnmur/registers/simulators';
import type { Recipient } from '../load/plan.ts';

const MAX = 1000;

/** People of the demonstration's population whom a letter reaches through Altinn: the status after delivery is VARSLET. */
export function altinnRecipients(): Recipient[] {
  return recipientsIn('altinn');
}

/** People who have reserved themselves: they get paper. */
export function paperRecipients(): Recipient[] {
  return recipientsIn('reserved');
}

function recipientsIn(situation: 'altinn' | 'reserved'): Recipient[] {
  return createPopulation()
    .persons.filter((person) => person.situation === situation && person.protection === 'none')
    .slice(0, MAX)
    .map((person) => ({
      navn: person.name,
      digitalId: person.fnr,
      adresselinje1: 'Storgata 1',
      postnummer: '0001',
      poststed: 'OSLO',
    }));
}
