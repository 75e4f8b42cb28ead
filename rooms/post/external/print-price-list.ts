import type { JobTicket } from './print-messages.ts';

/** Grams: an A4 sheet of 80 g/m², and the empty envelopes. */
const SHEET_GRAMS = 5;
const ENVELOPE_GRAMS = { C5: 5, C4: 15 } as const;

/** Invented prices in øre, so that invoices in a demonstration have something to add up. */
const ORE = { envelope: 140, blackWhitePage: 35, colourPage: 95, perSheetByHand: 60 } as const;
const POSTAGE_ORE = { norway: 2300, europe: 3300, world: 3900 } as const;

/** A C5 envelope closes by machine around at most this many sheets; the rest go in by hand. */
const MACHINE_SHEETS = 12;

/** What a job uses and costs at the simulated supplier. */
export function priceJob(ticket: JobTicket) {
  const sheetsAutomatic = Math.min(ticket.sheets, MACHINE_SHEETS);
  const sheetsManual = ticket.sheets - sheetsAutomatic;
  const colourPages = ticket.colour ? ticket.pages : 0;
  const blackWhitePages = ticket.pages - colourPages;
  const weightGrams = ticket.sheets * SHEET_GRAMS + ENVELOPE_GRAMS[ticket.envelope];
  return {
    blackWhitePages,
    colourPages,
    sheetsAutomatic,
    sheetsManual,
    sheetsExtra: 0,
    weightGrams,
    productionCostOre:
      ORE.envelope +
      blackWhitePages * ORE.blackWhitePage +
      colourPages * ORE.colourPage +
      sheetsManual * ORE.perSheetByHand,
    postageOre: POSTAGE_ORE[ticket.postage.zone] * Math.ceil(weightGrams / 50),
  };
}
