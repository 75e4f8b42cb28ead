import { describe, expect, it } from 'vitest';
import { pathOfAddress } from '../path-of-address.ts';
import { productionFaults } from '../production-faults.ts';
import type { Environment } from '../settings.ts';

/** What production finds wrong with one setting among those that are missing. */
const faultsOf = (name: string, value: string) =>
  productionFaults({ [name]: value } as unknown as Environment).filter((fault) => fault.startsWith(name));

describe('the path of an address', () => {
  it.each([
    '%73imulator',
    'SIMULATOR',
    '/simulator',
    'x/../simulator',
    '%2573imulator',
    'x/%2e%2e/simulator',
  ])('is that of a simulator when it is written as %s', (written) => {
    expect(faultsOf('KRR_URL', `https://brev.example.no/${written}/krr`)).toEqual([
      'KRR_URL: points to a simulator',
    ]);
  });

  it.each(['/idporten', '/%69dporten/', '//IDPORTEN'])('is that of a demonstration’s login at %s', (path) => {
    expect(faultsOf('IDPORTEN_ISSUER', `https://prove.example.no${path}`)).toEqual([
      'IDPORTEN_ISSUER: is the login of a demonstration, where anybody is anybody',
    ]);
  });

  it('is left as it is written where nothing can be decoded', () => {
    expect(pathOfAddress('https://brev.example.no/a%zz')).toBe('/a%zz');
    expect(faultsOf('KRR_URL', 'https://simulator.example.no/krr')).toEqual([]);
  });
});
