import { LOCALES } from '@grunnmur/kernel/i18n';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFrame, logIn, openPage, startBrowser } from './browser.ts';
import { OPEN_PAGES, READER_PAGES, STAFF_PAGES, type VisitedPage } from './pages.ts';
import { type PortalUnderTest, startPortal } from './portal-under-test.ts';

const browser = await startBrowser();

/** Some fifty pages per test, and a shared machine may be busy. */
const TIMEOUT = 180_000;

describe.skipIf(!browser)('every page', { timeout: TIMEOUT }, () => {
  let portal: PortalUnderTest;

  beforeAll(async () => {
    portal = await startPortal();
  });
  afterAll(async () => portal?.close());

  async function visit(page: Page, visited: VisitedPage): Promise<void> {
    const answer = await page.goto(visited.path(portal));
    expect(answer?.status(), visited.name).toBe(visited.status);
    await visited.open?.(page);
  }

  async function visitAll(page: Page, language: string, pages: readonly VisitedPage[]): Promise<void> {
    for (const visited of pages) {
      const what = `${visited.name} (${language})`;
      await visit(page, visited);
      await expectFrame(page, language, what);
      await expectAccessible(page, what);
    }
  }

  describe.each(LOCALES)('in %s', (language) => {
    it('meets WCAG 2.1 A and AA for everybody', async () => {
      const page = await openPage(browser!, portal, { language });
      await visitAll(page, language, OPEN_PAGES);
      await page.context().close();
    });

    it('meets WCAG 2.1 A and AA for a reader', async () => {
      const page = await openPage(browser!, portal, { language });
      await logIn(page, portal.reader);
      await visitAll(page, language, READER_PAGES);
      await page.context().close();
    });

    it('meets WCAG 2.1 A and AA for staff who look at messages', async () => {
      const page = await openPage(browser!, portal, { language });
      await logIn(page, portal.staff);
      await visitAll(page, language, STAFF_PAGES);
      await page.context().close();
    });

    it('meets WCAG 2.1 A and AA for a reader without letters, and when the session has ended', async () => {
      const page = await openPage(browser!, portal, { language });
      await logIn(page, portal.newcomer);
      await visitAll(page, language, [{ name: 'empty inbox', path: () => '/innboks', status: 200 }]);
      await page.context().addCookies([{ name: 'grunnmur-okt', value: 'ended', url: portal.baseUrl }]);
      await visitAll(page, language, [{ name: 'session ended', path: () => '/innboks', status: 401 }]);
      await page.context().close();
    });

    it('needs no sideways scrolling at 320 px', async () => {
      const page = await openPage(browser!, portal, { language, viewport: { width: 320, height: 640 } });
      await expectNoSidewaysScrolling(page, OPEN_PAGES);
      await logIn(page, portal.reader);
      await expectNoSidewaysScrolling(page, READER_PAGES);
      await page.context().close();
    });

    it('needs no sideways scrolling at 320 px on the pages of staff', async () => {
      const page = await openPage(browser!, portal, { language, viewport: { width: 320, height: 640 } });
      await logIn(page, portal.staff);
      await expectNoSidewaysScrolling(page, STAFF_PAGES);
      await page.context().close();
    });
  });

  it('meets WCAG 2.1 A and AA in the dark scheme', async () => {
    const page = await openPage(browser!, portal, { colorScheme: 'dark' });
    await visitAll(page, 'nb', OPEN_PAGES);
    await logIn(page, portal.reader);
    await visitAll(page, 'nb', READER_PAGES);
    await page.context().close();
  });

  it('meets WCAG 2.1 A and AA in the dark scheme on the pages of staff', async () => {
    const page = await openPage(browser!, portal, { colorScheme: 'dark' });
    await logIn(page, portal.staff);
    await visitAll(page, 'nb', STAFF_PAGES);
    await page.context().close();
  });

  it('has targets of at least 44 px where one taps', async () => {
    const page = await openPage(browser!, portal, { viewport: { width: 360, height: 740 } });
    await logIn(page, portal.reader);
    for (const path of ['/innboks', `/brev/${portal.letters.kindergarten}`, '/innsyn']) {
      await page.goto(path);
      const targets = page.locator(
        'nav a:visible, .ds-button:visible, button:visible, summary:visible, input:not([type=hidden]):not([type=checkbox]):visible, .gm-back a',
      );
      for (const target of await targets.all()) {
        const box = await target.boundingBox();
        expect(box?.height, `${path} ${await target.innerHTML()}`).toBeGreaterThanOrEqual(44);
      }
      expect(await targets.count()).toBeGreaterThan(5);
    }
    await page.context().close();
  });

  it('has a head of at most 110 px and rows of at most 110 px on a phone', async () => {
    const page = await openPage(browser!, portal, { viewport: { width: 360, height: 740 } });
    await logIn(page, portal.reader);
    expect((await page.locator('.gm-header').boundingBox())?.height).toBeLessThanOrEqual(110);
    const rows = await page.locator('.gm-letters > li').all();
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const box = await row.boundingBox();
      expect(box?.height, (await row.textContent()) ?? '').toBeLessThanOrEqual(115);
    }
    await page.goto('/innsyn');
    const uses = await page.locator('.gm-uses > li').count();
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    expect(height / uses).toBeLessThanOrEqual(220);
    await page.context().close();
  });

  it('marks only the current page where colours are forced', async () => {
    const page = await openPage(browser!, portal, { forcedColors: 'active' });
    await logIn(page, portal.reader);
    const styles = await page
      .locator('.gm-reader nav a')
      .evaluateAll((links) => links.map((link) => getComputedStyle(link).borderBottomStyle));
    expect(styles).toEqual(['solid', 'none']);
    await page.context().close();
  });

  it('has targets of at least 44 px where one taps on the pages of staff', async () => {
    const page = await openPage(browser!, portal, { viewport: { width: 360, height: 740 } });
    await logIn(page, portal.staff);
    const { answered } = portal.messages.ids;
    for (const path of ['/meldinger?status=KVITTERT&fra=2026-01-01', `/meldinger/${answered}`]) {
      await page.goto(path);
      const targets = page.locator(
        'nav a, .ds-button, button, select, input:not([type=hidden]), .gm-back a, .gm-filters a, .gm-konto a, .gm-order a',
      );
      for (const target of await targets.all()) {
        const box = await target.boundingBox();
        expect(box?.height, `${path} ${await target.innerHTML()}`).toBeGreaterThanOrEqual(44);
      }
      expect(await targets.count()).toBeGreaterThan(5);
    }
    await page.context().close();
  });

  async function expectNoSidewaysScrolling(page: Page, pages: readonly VisitedPage[]): Promise<void> {
    for (const visited of pages) {
      await visit(page, visited);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, visited.name).toBeLessThanOrEqual(320);
    }
  }
});
