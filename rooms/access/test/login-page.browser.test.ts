import AxeBuilder from '@axe-core/playwright';
import { CHROMIUM_ARGS, type FoundChromium, findChromium } from '@grunnmur/kernel/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  KARI,
  OLA,
  type SimulatorFixture,
  startLogin,
  startSimulator,
  UNLISTED,
} from './simulator-fixture.ts';

const found: FoundChromium | undefined = await findChromium();

describe.runIf(found)('login page in a browser', () => {
  let simulator: SimulatorFixture;
  let browser: Browser;

  beforeAll(async () => {
    simulator = await startSimulator();
    browser = await chromium.launch({ executablePath: found!.executablePath, args: [...CHROMIUM_ARGS] });
  });

  afterAll(async () => {
    await browser?.close();
    await simulator?.fixture.app.close();
    await found?.dispose();
  });

  async function open(options: Parameters<Browser['newContext']>[0], extra?: Record<string, string>) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const login = await startLogin(simulator, extra);
    await page.goto(login.url);
    return { context, page, login };
  }

  async function expectAccessible(page: Page): Promise<void> {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
  }

  it('breaks no WCAG rule in any language, with and without an error, and styles itself within its policy', async () => {
    const { context, page } = await open({ viewport: { width: 360, height: 800 } });
    for (const language of ['Nynorsk', 'English', 'Bokmål']) {
      await page.getByRole('link', { name: language }).click();
      await expectAccessible(page);
      await page.locator('#nummer').fill('123');
      await page.locator('#nummer').press('Enter');
      expect(await page.locator('#nummer').getAttribute('aria-invalid')).toBe('true');
      await expectAccessible(page);
    }
    const look = await page.evaluate(() => ({
      background: getComputedStyle(document.querySelector('button.primary')!).backgroundColor,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    expect(look).toEqual({ background: 'rgb(11, 92, 138)', overflow: 0 });
    await context.close();
  });

  it('logs in without JavaScript: by the list, and by the Enter key in the field', async () => {
    const byList = await open({ javaScriptEnabled: false }, { ui_locales: 'en' });
    await byList.page.getByLabel('Substantial (3)').check();
    await byList.page.getByRole('button', { name: 'Ola Nordmann' }).click();
    expect((await byList.login.finish(byList.page.url())).claims()).toMatchObject({
      pid: OLA,
      acr: 'idporten-loa-substantial',
    });
    await byList.context.close();

    const byField = await open({ javaScriptEnabled: false });
    await byField.page.getByLabel('Fødselsnummer').fill(UNLISTED);
    await byField.page.getByLabel('Fødselsnummer').press('Enter');
    expect((await byField.login.finish(byField.page.url())).claims()).toMatchObject({ pid: UNLISTED });
    await byField.context.close();
  });

  it('logs out on a page that breaks no WCAG rule', async () => {
    const { context, page, login } = await open({});
    await page.getByRole('button', { name: 'Kari' }).click();
    const tokens = await login.finish(page.url());
    expect(tokens.claims()).toMatchObject({ pid: KARI });
    const url = new URL(simulator.config.serverMetadata().end_session_endpoint!);
    url.searchParams.set('id_token_hint', tokens.id_token!);
    url.searchParams.set('post_logout_redirect_uri', `${simulator.base}/`);
    await page.goto(url.href);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Ja, logg ut' }).click();
    expect(page.url()).toBe(`${simulator.base}/`);
    await context.close();
  });
});
