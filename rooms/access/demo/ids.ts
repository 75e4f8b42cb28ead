/** Stable ids, so that scripts written against one demonstration work against the next. */
export const DEMO_KONTO = {
  eksempel: '11111111-1111-4111-8111-000000000001',
  eksempelTeknisk: '11111111-1111-4111-8111-000000000002',
  dome: '11111111-1111-4111-8111-000000000003',
  prove: '11111111-1111-4111-8111-000000000004',
} as const;

/** Organisation numbers of the same kind. */
export const DEMO_ORGNR = {
  eksempel: '310000000',
  dome: '310000019',
  prove: '310000027',
  leverandor: '310000035',
} as const;
