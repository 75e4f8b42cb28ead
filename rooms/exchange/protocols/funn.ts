import type { Funn } from './definitions/validator-rapport.ts';

export function feil(sti: string, regel: string, tekst: string): Funn {
  return { alvor: 'feil', sti, regel, tekst };
}

export function advarsel(sti: string, regel: string, tekst: string): Funn {
  return { alvor: 'advarsel', sti, regel, tekst };
}
