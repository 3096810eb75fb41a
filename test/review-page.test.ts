/**
 * The HTML report in a real browser. `UPDATE_SCREENSHOTS=1 node --import tsx test/review-page.test.ts` takes the pictures in docs/ anew.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findChromium, openPage, type Page } from './support/browser.ts';
import { exampleCompany } from './support/example-company.ts';
import { skipSuite } from './support/skip.ts';

const PICTURES = { light: 'review-light.png', dark: 'review-dark.png' } as const;
const chromium = findChromium();

if (chromium === undefined) {
  skipSuite('review-page', 'there is no chromium');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-page-'));
  const file = join(folder, 'review.html');
  let page: Page;

  test.before(async () => {
    const company = exampleCompany('page');
    const edit = (service: string, cluster: string, from: string | RegExp, to: string): void => {
      company.edit(`soa-configs/${service}/kubernetes-${cluster}.yaml`, from, to);
    };
    const foreign = `{GREETING: "</script><img src=http://example.com/x onerror=alert(1)>", DB_PASSWORD: hunter22}`;
    edit('catalog', 'north-prod', 'mem: 4096', `mem: 8192\n  bounce_method: brutal\n  env: ${foreign}`);
    edit('catalog', 'north-stage', /mem: \d+/, 'mem: 3072');
    edit('kvstore', 'north-prod', 'size: 200', 'size: 300');
    edit('shopfront', 'north-prod', 'max_instances: 24', 'max_instances: 30');
    rmSync(join(company.repository.dir, 'soa-configs/mail_worker'), { recursive: true });
    const { status, err } = await company.call('review', '-o', 'html', '--report-file', file);
    assert.is(status, 0, err);
    page = await openPage(chromium, file);
  });
  test.after(async () => {
    await page.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shown = (): Promise<readonly string[]> =>
    page.evaluate(`[...document.querySelectorAll('article')].filter((each) => each.checkVisibility())
      .map((each) => each.dataset.cluster + ' ' + each.querySelector('h3').textContent)`);
  const count = (): Promise<string> => page.evaluate(`document.getElementById('count').textContent`);
  const focus = (): Promise<string> => page.evaluate(`document.activeElement.id || document.activeElement.localName`);
  /** Presses Tab until something has the focus. */
  const tabTo = async (wanted: string): Promise<void> => {
    for (let presses = 0; presses < 100; presses++) {
      await page.press('Tab');
      if ((await focus()) === wanted) return;
    }
    throw new Error(`no Tab reaches ${wanted}`);
  };

  test('the page asks for nothing but itself, and its policy refuses nothing', () => {
    assert.equal(page.requests, [pathToFileURL(file).href]);
    assert.equal(page.errors, []);
  });

  test('foreign text is text, and secrets are hidden', async () => {
    const text = await page.evaluate<string>('document.body.textContent');
    assert.match(text, '</script><img src=http://example.com/x onerror=alert(1)>');
    assert.match(text, '<hidden #1>');
    assert.not.match(text, 'hunter22');
    assert.is(await page.evaluate(`document.querySelectorAll('img, iframe, object, link').length`), 0);
  });

  test('the keyboard alone filters by cluster, team and risk', async () => {
    const all = await shown();
    assert.is(await count(), `${all.length} of ${all.length} shown`);
    await tabTo('cluster');
    await page.press('ArrowDown');
    const prod = all.filter((each) => each.startsWith('north-prod '));
    assert.equal(await shown(), prod);
    assert.is(await count(), `${prod.length} of ${all.length} shown`);
    assert.equal(
      await page.evaluate(`[...document.querySelectorAll('section')].filter((each) => each.checkVisibility()).length`),
      1,
      'a cluster without anything to show is not there',
    );
    await page.press('Tab');
    assert.is(await focus(), 'team');
    await page.press('ArrowDown');
    const team = await page.evaluate(`document.getElementById('team').value`);
    assert.is(team, 'checkout');
    assert.equal(
      await shown(),
      prod.filter((each) => each.includes('mail_worker')),
    );
    await page.press('ArrowUp');
    await page.press('Tab');
    assert.is(await focus(), 'risk');
    await page.press('ArrowDown');
    assert.is(await page.evaluate(`document.getElementById('risk').value`), 'any');
    assert.equal(
      await shown(),
      prod.filter((each) => /catalog\.main|kvstore\.main|Cluster/.test(each)),
    );
    await page.press('ArrowDown');
    assert.is(await page.evaluate(`document.getElementById('risk').value`), 'brutal-bounce');
    assert.equal(await shown(), ['north-prod catalog.main changed']);
    await page.evaluate(`for (const id of ['cluster', 'team', 'risk']) {
      const choice = document.getElementById(id);
      choice.value = '';
      choice.dispatchEvent(new Event('change'));
    }`);
    assert.equal(await shown(), all);
  });

  test('the keyboard opens the diffs, and what has the focus is seen', async () => {
    await tabTo('summary');
    const outline = `getComputedStyle(document.activeElement).outlineStyle + ' ' + getComputedStyle(document.activeElement).outlineWidth`;
    assert.is(await page.evaluate(outline), 'solid 3px');
    assert.is(await page.evaluate('document.activeElement.parentElement.open'), false);
    await page.press('Enter');
    assert.is(await page.evaluate('document.activeElement.parentElement.open'), true);
    await page.press('Tab');
    assert.is(await focus(), 'pre', 'a diff that is wider than the window can be scrolled');
    assert.match(
      await page.evaluate<string>('document.activeElement.textContent'),
      /\+ {2}.*memory: "8Gi"|-.*memory: "4Gi"/,
    );
  });

  test('every text has enough contrast, in light and in dark', async () => {
    await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
    const backgrounds = new Set<string>();
    for (const scheme of ['light', 'dark'] as const) {
      await page.show(scheme);
      backgrounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      const worst = await page.evaluate<{ ratio: number; text: string }>(WORST_CONTRAST);
      assert.ok(worst.ratio >= 4.5, `${scheme}: ${worst.ratio.toFixed(2)} at ${JSON.stringify(worst.text)}`);
    }
    assert.is(backgrounds.size, 2);
  });

  test('a narrow window scrolls no further than its own width', async () => {
    await page.show('light', 360);
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'));
  });

  test('every control and every table has a name', async () => {
    assert.equal(
      await page.evaluate(
        `[...document.querySelectorAll('select')].map((each) => each.labels[0].textContent.split(' ')[0])`,
      ),
      ['Cluster', 'Team', 'Risk'],
    );
    assert.is(await page.evaluate('document.documentElement.lang'), 'en');
    assert.is(await page.evaluate(`document.getElementById('count').getAttribute('aria-live')`), 'polite');
    assert.is(await page.evaluate(`document.querySelectorAll('td:empty, th:empty').length`), 0);
  });

  test('the docs show the page as it is now', async () => {
    await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = false; scrollTo(0, 0)`);
    for (const scheme of ['light', 'dark'] as const) {
      await page.show(scheme, 1000, 900);
      const picture = await page.screenshot();
      const path = new URL(`../docs/${PICTURES[scheme]}`, import.meta.url);
      if (process.env['UPDATE_SCREENSHOTS'] !== undefined) writeFileSync(path, picture);
      assert.ok(existsSync(path), path.pathname);
      // Fonts differ between machines: the size is what can be compared.
      assert.equal(readFileSync(path).subarray(0, 24), picture.subarray(0, 24));
    }
  });
}

/** The text with the least contrast to what is behind it, by the formula of WCAG 2. */
const WORST_CONTRAST = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((each) => each / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  let worst = { ratio: Infinity, text: '' };
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data.trim()).join('');
    if (text === '' || !element.checkVisibility() || ['SCRIPT', 'OPTION'].includes(element.tagName)) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) worst = { ratio, text: text.slice(0, 40) };
  }
  return worst;
})()`;

test.run();
