import type { AddressProtection } from '../contract.ts';
import type { ContactKind, MAILBOX_SUPPLIERS } from './create-contact.ts';
import type { Situation, SyntheticContact } from './types.ts';

/** A demonstration person, written by hand. `key` is only for the references in this list. */
export interface DemoWish {
  readonly key: string;
  readonly firstName: string;
  readonly middleName?: string;
  readonly lastName: string;
  readonly sex: 'kvinne' | 'mann';
  readonly born: string;
  readonly situation: Situation;
  readonly language: SyntheticContact['language'];
  readonly contact?: ContactKind;
  readonly supplier?: keyof typeof MAILBOX_SUPPLIERS;
  readonly protection?: AddressProtection;
  readonly diedOn?: string;
  readonly guardians?: readonly string[];
  readonly proxy?: string;
}

/**
 * The people on login pages and in guides. They come first in every population and get the same identity numbers
 * whatever the seed. New ones go last: the numbers of the others must stay.
 */
export const DEMO_WISHES: readonly DemoWish[] = [
  {
    key: 'solveig',
    firstName: 'Solveig',
    lastName: 'Tåkedalen',
    sex: 'kvinne',
    born: '1978-05-14',
    situation: 'digital-mailbox',
    language: 'nb',
    supplier: 'digipost',
  },
  {
    key: 'ailu',
    firstName: 'Áilu',
    lastName: 'Jieŋajávri',
    sex: 'mann',
    born: '1969-11-02',
    situation: 'digital-mailbox',
    language: 'se',
    supplier: 'eBoks',
  },
  {
    key: 'torgeir',
    firstName: 'Torgeir',
    lastName: 'Nattergalbakken',
    sex: 'mann',
    born: '1985-02-27',
    situation: 'altinn',
    language: 'nb',
  },
  {
    key: 'long-name',
    firstName: 'Anne-Margrethe Kristiane Charlotte',
    middleName: 'Østerskogsregnbuevik',
    lastName: 'Blåbærskogskråkesølvneset-Åkerstjernehaugen',
    sex: 'kvinne',
    born: '1957-08-30',
    situation: 'altinn',
    language: 'nn',
  },
  {
    key: 'ragnhild',
    firstName: 'Ragnhild',
    lastName: 'Skoddevika',
    sex: 'kvinne',
    born: '1944-03-19',
    situation: 'reserved',
    language: 'nn',
  },
  {
    key: 'odd-einar',
    firstName: 'Odd-Einar',
    lastName: 'Mosefossen',
    sex: 'mann',
    born: '1951-12-08',
    situation: 'reserved',
    language: 'nb',
  },
  {
    key: 'gudbrand',
    firstName: 'Gudbrand',
    lastName: 'Furukonglelia',
    sex: 'mann',
    born: '1938-06-21',
    situation: 'no-contact',
    language: 'nb',
    contact: 'unknown',
  },
  {
    key: 'ante',
    firstName: 'Ánte',
    lastName: 'Šaldijohka',
    sex: 'mann',
    born: '1991-09-11',
    situation: 'no-contact',
    language: 'se',
    contact: 'stale',
  },
  {
    key: 'kristine',
    firstName: 'Kristine',
    lastName: 'Stjernebrekka',
    sex: 'kvinne',
    born: '1988-04-03',
    situation: 'guardian',
    language: 'nb',
    contact: 'mailbox',
    supplier: 'digipost',
  },
  {
    key: 'hakon',
    firstName: 'Håkon',
    lastName: 'Regnbuevågen',
    sex: 'mann',
    born: '1986-10-17',
    situation: 'guardian',
    language: 'nb',
    contact: 'plain',
  },
  {
    key: 'iben',
    firstName: 'Iben',
    lastName: 'Stjernebrekka',
    sex: 'kvinne',
    born: '2019-01-25',
    situation: 'child',
    language: 'nb',
    guardians: ['kristine', 'hakon'],
  },
  {
    key: 'calli',
    firstName: 'Čálli',
    lastName: 'Regnbuevågen',
    sex: 'mann',
    born: '2021-07-06',
    situation: 'child',
    language: 'nb',
    guardians: ['hakon'],
  },
  {
    key: 'alfhild',
    firstName: 'Alfhild',
    lastName: 'Sølvmyra',
    sex: 'kvinne',
    born: '1932-02-12',
    situation: 'proxy',
    language: 'nb',
    contact: 'unknown',
    proxy: 'torgeir',
  },
  {
    key: 'peder',
    firstName: 'Peder',
    lastName: 'Lyngtjernet',
    sex: 'mann',
    born: '1999-05-29',
    situation: 'proxy',
    language: 'nb',
    contact: 'plain',
    proxy: 'kristine',
  },
  {
    key: 'nora',
    firstName: 'Nora',
    lastName: 'Vinterlysholmen',
    sex: 'kvinne',
    born: '1993-03-08',
    situation: 'protected-address',
    language: 'nb',
    contact: 'plain',
    protection: 'confidential',
  },
  {
    key: 'elvira',
    firstName: 'Elvira',
    lastName: 'Snøkrystallura',
    sex: 'kvinne',
    born: '1982-12-22',
    situation: 'protected-address',
    language: 'nn',
    contact: 'mailbox',
    supplier: 'eBoks',
    protection: 'strictly-confidential',
  },
  {
    key: 'olaf',
    firstName: 'Olaf',
    lastName: 'Høstvindmoen',
    sex: 'mann',
    born: '1929-01-16',
    situation: 'deceased',
    language: 'nb',
    diedOn: '2024-02-03',
  },
  {
    key: 'borghild',
    firstName: 'Borghild',
    lastName: 'Tistelenga',
    sex: 'kvinne',
    born: '1941-08-04',
    situation: 'deceased',
    language: 'nn',
    diedOn: '2025-06-19',
  },
  {
    key: 'turid',
    firstName: 'Turid',
    lastName: 'Ærfuglvågen',
    sex: 'kvinne',
    born: '1975-09-27',
    situation: 'sole-proprietor',
    language: 'nn',
    contact: 'mailbox',
    supplier: 'digipost',
  },
  {
    key: 'jovnna',
    firstName: 'Jovnna',
    lastName: 'Muoŧŧáluokta',
    sex: 'mann',
    born: '1980-04-11',
    situation: 'sole-proprietor',
    language: 'se',
    contact: 'plain',
  },
];
