import AxeBuilder from '@axe-core/playwright';
import { afterTestFile, CHROMIUM_ARGS, findChromium } from '@grunnmur/kernel/testing';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PortalUnderTest } from './portal-under-test.ts';

/** A browser for one test file, or undefined where there is none (and it has been said loudly). */
export async function startBrowser(): Promise<Browser | undefined> {
  const found = await findChromium();
  if (!found) return undefined;
  const browser = await chromium.launch({ executablePath: found.executablePath, args: [...CHROMIUM_ARGS] });
  afterTestFile(async () => {
    await browser.close();
    await found.dispose();
  });
  return browser;
}

/** A fresh browser profile at `baseUrl`, with a language chosen before. */
export async function openPage(
  browser: Browser,
  portal: PortalUnderTest,
  options: BrowserContextOptions & { language?: 'nb' | 'nn' | 'en' } = {},
): Promise<Page> {
  const { language, ...rest } = options;
  const context = await browser.newContext({ baseURL: portal.baseUrl, ...rest });
  if (language)
    await context.addCookies([
      { name: 'grunnmur-sprak', value: language, url: portal.baseUrl, httpOnly: true },
    ]);
  // Shorter than the test's own limit, so that a failure names what was waited for.
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

/** Logs in through the simulator's own page. */
export async function logIn(page: Page, person: { fnr: string }, start = '/logg-inn'): Promise<void> {
  await page.goto(start);
  await choosePerson(page, person, 3);
}

/** On the simulator's page: this person, at this level. */
export async function choosePerson(page: Page, person: { fnr: string }, level: 3 | 4): Promise<void> {
  await page.locator(`input[name=level][value="${level}"]`).check();
  await page.locator(`button[name=person][value="${person.fnr}"]`).click();
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** Fails on any breach of WCAG 2.0 and 2.1, A and AA, naming rule and element. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  const found = violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`);
  expect(found, what).toEqual([]);
  expect(passes.length, `${what}: rules that looked at something`).toBeGreaterThan(5);
}

/** The parts that every page has, whatever it shows. */
export async function expectFrame(page: Page, language: string, what: string): Promise<void> {
  expect(await page.locator('html').getAttribute('lang'), what).toBe(language);
  expect(await page.locator('h1').count(), `${what}: h1`).toBe(1);
  for (const landmark of ['header', 'main', 'footer'])
    expect(await page.locator(landmark).count(), `${what}: ${landmark}`).toBe(1);
  expect(await page.locator('a[href="#innhold"]').count(), `${what}: skip link`).toBe(1);
  expect(await page.locator('script').count(), `${what}: scripts`).toBe(0);
}
