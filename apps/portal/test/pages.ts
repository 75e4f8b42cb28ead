import type { Page } from 'playwright-core';
import type { PortalUnderTest } from './portal-under-test.ts';

export interface VisitedPage {
  readonly name: string;
  readonly path: (portal: PortalUnderTest) => string;
  readonly status: number;
  /** Brings the page into the state that is to be checked. */
  readonly open?: (page: Page) => Promise<void>;
}

const openRow = (page: Page) => page.locator('.gm-uses summary').first().click();
const openDetails = (page: Page) => page.locator('summary').first().click();

/** Pages that anybody can see. */
export const OPEN_PAGES: readonly VisitedPage[] = [
  { name: 'start', path: () => '/', status: 200 },
  { name: 'accessibility', path: () => '/tilgjengelighet', status: 200 },
  { name: 'privacy', path: () => '/personvern', status: 200 },
  { name: 'logged out', path: () => '/logget-ut', status: 200 },
  { name: 'not found', path: () => '/finnes-ikke', status: 404 },
  { name: 'login interrupted', path: () => '/logg-inn/retur?code=x&state=y', status: 400 },
];

/** Pages of the reader, at level 3. */
export const READER_PAGES: readonly VisitedPage[] = [
  { name: 'start, logged in', path: () => '/', status: 200 },
  { name: 'inbox', path: () => '/innboks', status: 200 },
  { name: 'inbox, older', path: () => '/innboks?etter=20', status: 200 },
  { name: 'unread letter', path: ({ letters }) => `/brev/${letters.kindergarten}`, status: 200 },
  {
    name: 'letter with all details unfolded',
    path: ({ letters }) => `/brev/${letters.kindergarten}`,
    status: 200,
    open: openDetails,
  },
  { name: 'letter of level 4', path: ({ letters }) => `/brev/${letters.level4}`, status: 200 },
  { name: 'printed letter', path: ({ letters }) => `/brev/${letters.printed}`, status: 200 },
  { name: 'opened letter', path: ({ letters }) => `/brev/${letters.read}`, status: 200 },
  { name: 'letter not delivered', path: ({ letters }) => `/brev/${letters.failed}`, status: 200 },
  { name: 'deleted letter', path: ({ letters }) => `/brev/${letters.deleted}`, status: 200 },
  { name: 'level too low', path: ({ letters }) => `/brev/${letters.level4}/dokument/0`, status: 403 },
  { name: "somebody else's letter", path: ({ letters }) => `/brev/${letters.somebodyElses}`, status: 404 },
  { name: 'logins', path: () => '/innlogginger', status: 200 },
  { name: 'insight', path: () => '/innsyn', status: 200 },
  { name: 'inbox, found', path: () => '/innboks?sok=kommune', status: 200 },
  { name: 'inbox, nothing found', path: () => '/innboks?sok=finnes+ikke', status: 200 },
  { name: 'insight, with own visits, unfolded', path: () => '/innsyn?egne=1', status: 200, open: openRow },
  { name: 'insight, narrowed', path: () => '/innsyn?hvem=310000019&hva=brev', status: 200 },
  { name: 'insight, empty period', path: () => '/innsyn?fra=2001-01-01&til=2001-01-02', status: 200 },
  { name: 'insight, wrong date', path: () => '/innsyn?fra=i+fjor', status: 400 },
  { name: 'insight, wrong order', path: () => '/innsyn?fra=2026-02-02&til=2026-02-01', status: 400 },
];

/** Pages of staff who may look at messages. */
export const STAFF_PAGES: readonly VisitedPage[] = [
  { name: 'messages', path: () => '/meldinger', status: 200 },
  { name: 'messages of another organisation', path: () => '/meldinger?org=310000019', status: 200 },
  {
    name: 'messages, filtered',
    path: ({ messages }) => `/meldinger?konto=${messages.kontoId}&status=KVITTERT&org=310000019`,
    status: 200,
  },
  { name: 'messages, nothing found', path: () => '/meldinger?id=finnes+ikke', status: 200 },
  { name: 'messages, wrong fields', path: () => '/meldinger?fra=i+fjor&status=x', status: 400 },
  ...(['answered', 'waiting', 'out', 'rejected', 'expired', 'failed'] as const).map((name) => ({
    name: `message, ${name}`,
    path: ({ messages }: PortalUnderTest) => `/meldinger/${messages.ids[name]}?org=310000019`,
    status: 200,
  })),
  {
    name: 'message, the oldest first',
    path: ({ messages }) => `/meldinger/${messages.ids.answered}?rekkefolge=eldst`,
    status: 200,
  },
  {
    name: "somebody else's message",
    path: ({ messages }) => `/meldinger/${messages.ids.somebodyElses}`,
    status: 404,
  },
];
