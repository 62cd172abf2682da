import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, users, type Home } from '../support/fairway.ts';
import { findProgram } from '../support/programs.ts';

const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
const needs = executablePath === undefined ? ' (needs Chromium, and there is no `chromium` in PATH)' : '';

const TEXT = 'Red sky at night, sailors delight. Red sky at morning, sailors take warning.';

describe.skipIf(executablePath === undefined).each(users)(
  `the main job in a browser${needs}, as $name`,
  (user) => {
    let home: Home;
    let browser: Browser;
    let page: Page;
    let url: string;
    const faults: string[] = [];
    const hosts = new Set<string>();

    beforeAll(async () => {
      home = createHome(user);
      const project = home.example('jobs');
      const { code, stderr } = await home.run(['up', project]);
      expect(code, stderr).toBe(0);
      url = (await home.status(project)).urls[0]!;
      browser = await chromium.launch({
        executablePath: executablePath!,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--disable-background-networking',
          '--disable-component-update',
          '--no-proxy-server',
        ],
      });
      page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      page.on('requestfailed', (request) => faults.push(`${request.url()} failed`));
      page.on('request', (request) => {
        const { protocol, host } = new URL(request.url());
        if (protocol.startsWith('http')) hosts.add(host);
      });
    });
    afterAll(async () => {
      await browser?.close();
      await home?.dispose();
    });

    test('a text that is typed and sent becomes a job that is done before one’s eyes', async () => {
      await page.goto(url);
      expect(await page.title()).toBe('Jobs');
      await page.getByLabel('Text').fill(TEXT);
      await page.getByRole('button', { name: 'Send' }).click();
      const job = page.locator('li', { hasText: TEXT });
      await job.waitFor();
      await page.locator('li[data-state=completed]', { hasText: TEXT }).waitFor({ timeout: 30_000 });
      const numbers = Object.fromEntries(
        await job
          .locator('dl > div')
          .evaluateAll((groups) =>
            groups.map((group): [string, string] => [
              group.querySelector('dt')?.textContent ?? '',
              group.querySelector('dd')?.textContent ?? '',
            ]),
          ),
      );
      expect(numbers).toMatchObject({
        characters: String(TEXT.length),
        words: '13',
        distinct: '9',
        sentences: '2',
        longest: 'sailors',
      });
      expect(numbers['most frequent']).toContain('red ×2');
      expect(numbers['worker']).toMatch(/^\S+$/);
    });

    test('what is on the page keeps to its column, however long a text is', async () => {
      const width = async (selector: string) => (await page.locator(selector).boundingBox())?.width;
      expect(await width('li')).toBe(await width('form'));
    });

    test('both API tasks answer the page in turn', async () => {
      const seen = new Set<string>();
      await expect
        .poll(
          async () => {
            seen.add((await page.locator('#served').textContent()) ?? '');
            seen.delete('…');
            return seen.size;
          },
          { timeout: 30_000 },
        )
        .toBe(2);
    });

    test('nothing failed on the page, and it asked nobody but the load balancer', async () => {
      expect(faults).toEqual([]);
      expect([...hosts]).toEqual([new URL(url).host]);
      const folder = mkdtempSync(join(tmpdir(), 'fairway-browser-'));
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const path = join(folder, `${colorScheme}.png`);
        expect((await page.screenshot({ path })).length).toBeGreaterThan(5_000);
        console.log(`screenshot: ${path}`);
      }
    });
  },
);
