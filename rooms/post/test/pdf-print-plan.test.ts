import { describe, expect, it } from 'vitest';
import { planPages } from '../pdf/print-plan.ts';
import { renumberObject } from '../pdf/renumber-object.ts';

const plan = (pages: number, giroPages: number[], doubleSided: boolean, pagesBefore = 0) =>
  planPages({ pages, giroPages, doubleSided, pagesBefore });

describe('planPages', () => {
  it('changes nothing single-sided', () => {
    expect(plan(3, [2], false, 1)).toEqual([1, 2, 3]);
  });

  it.each([
    [3, [], 0, [1, 2, 3]],
    [3, [], 1, [0, 1, 2, 3]],
    [1, [1], 0, [1]],
    [2, [1], 0, [1, 0, 2]],
    [2, [2], 0, [1, 0, 2]],
    [3, [2], 0, [1, 0, 2, 0, 3]],
    [3, [3], 0, [1, 2, 3]],
    [3, [3], 1, [0, 1, 2, 3]],
    [4, [2, 3], 2, [1, 0, 2, 0, 3, 0, 4]],
    [3, [1, 2, 3], 0, [1, 0, 2, 0, 3]],
  ])('double-sided %i pages, giro %j, after %i pages', (pages, giro, before, expected) => {
    expect(plan(pages, giro, true, before)).toEqual(expected);
  });

  it('always has giro sheets on a front with nothing behind', () => {
    for (let pages = 1; pages <= 6; pages++) {
      for (let mask = 0; mask < 2 ** pages; mask++) {
        const giro = Array.from({ length: pages }, (_, index) => index + 1).filter(
          (page) => mask & (1 << (page - 1)),
        );
        for (const before of [0, 1]) {
          const order = [...Array.from({ length: before }, () => 99), ...plan(pages, giro, true, before)];
          expect(order.filter((page) => page > 0 && page < 99)).toEqual(
            Array.from({ length: pages }, (_, index) => index + 1),
          );
          expect(order.indexOf(1) % 2).toBe(0);
          for (const page of giro) {
            expect(order.indexOf(page) % 2).toBe(0);
            expect(order[order.indexOf(page) + 1] ?? 0).toBe(0);
          }
        }
      }
    }
  });
});

describe('renumberObject', () => {
  it('moves references but not what only looks like one', () => {
    const text =
      '5 0 obj\r\n<</A 6 0 R /B(7 0 R \\) endobj\r\n 8 0 R)/C<30203020>/D[ 9 0 R  1 2 3 ]/E/10 /F 1.5>>\r\nendobj\r\nrest';
    expect(renumberObject(text, 100)).toEqual({
      number: 5,
      body: '<</A 106 0 R /B(7 0 R \\) endobj\r\n 8 0 R)/C<30203020>/D[ 109 0 R  1 2 3 ]/E/10 /F 1.5>>\r\n',
      consumed: text.length - 4,
    });
  });

  it('takes the length of a stream from its own dictionary', () => {
    const text = '5 0 obj\r\n<</DecodeParms<</Length 9>>/Length 12/Filter/FlateDecode>>stream\r\n';
    expect(renumberObject(text, 1)).toMatchObject({ streamLength: 12, consumed: text.length });
  });

  it('waits for the rest of an object, wherever it is cut', () => {
    const text = '5 0 obj\r\n<</A(\\(endobj\r\n 6 0 R)/N/stream/B 60 0 R >>\r\nendobj\r\n';
    for (let length = 0; length < text.length; length++) {
      expect(renumberObject(text.slice(0, length), 1)).toBeUndefined();
    }
    expect(renumberObject(text, 1)).toMatchObject({
      body: '<</A(\\(endobj\r\n 6 0 R)/N/stream/B 61 0 R >>\r\n',
    });
  });
});
