// Opens a page of crmctl report in a browser, wide and narrow, light and dark, with scripts switched off, and on
// paper: it fetches nothing, nothing is wider than the window, axe-core finds no fault of accessibility.
// Usage: node page_in_browser.mjs NPM_FOLDER BROWSER PAGE [FOLDER_FOR_SCREENSHOTS]

import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const [npm, browserPath, file, screenshots] = process.argv.slice(2);
const require = createRequire(path.resolve(npm, 'package.json'));
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const faults = [];

const expect = (holds, what) => { if (!holds) faults.push(what); };

const measure = () => ({
  width: document.documentElement.scrollWidth,
  ground: getComputedStyle(document.body).backgroundColor,
  figures: document.querySelectorAll('figure').length,
  pictures: [...document.querySelectorAll('figure > svg')]
      .filter(svg => svg.checkVisibility()).map(svg => svg.getBoundingClientRect().width),
  tables: [...document.querySelectorAll('table')].filter(table => table.getBoundingClientRect().height > 0).length,
  allTables: document.querySelectorAll('table').length,
});

async function open(browser, width, scheme, scripts = false) {
  const page = await browser.newPage();
  await page.setViewport({width, height: 900});
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
  page.on('request', request => expect(request.url() === pathToFileURL(file).href, `fetches ${request.url()}`));
  page.on('console', message => expect(false, `the browser says: ${message.text()}`));
  await page.setJavaScriptEnabled(scripts);
  await page.goto(pathToFileURL(file).href);
  return page;
}

async function checkLooks(browser, width, scheme) {
  const where = `${width} pixels, ${scheme}`;
  const page = await open(browser, width, scheme);
  const seen = await page.evaluate(measure);
  expect(seen.width <= width, `${where}: is ${seen.width} pixels wide`);
  expect(seen.pictures.length >= 8, `${where}: shows only ${seen.pictures.length} pictures`);
  expect(seen.pictures.every(wide => wide > 0 && wide <= width), `${where}: a picture is wider than the window`);
  if (screenshots) {
    await page.screenshot({path: path.join(screenshots, `page-${width}-${scheme}.png`), fullPage: true});
  }
  await page.close();
  return seen.ground;
}

// axe-core is a script, so here there may be some.
async function checkAccess(browser, width, scheme) {
  const where = `${width} pixels, ${scheme}`;
  const page = await open(browser, width, scheme, true);
  await page.evaluate(() => { for (const it of document.querySelectorAll('details')) it.open = true; });
  await page.evaluate(axe);
  const judged = await page.evaluate(() => globalThis.axe.run());
  expect(judged.passes.length >= 20, `${where}: axe-core looked at nothing`);
  for (const fault of judged.violations) {
    faults.push(`${where}: ${fault.impact}: ${fault.help}: ${fault.nodes[0].html.slice(0, 200)}`);
  }
  await page.close();
}

async function checkPaper(browser) {
  const page = await open(browser, 800, 'dark');
  await page.emulateMediaType('print');
  const seen = await page.evaluate(measure);
  expect(seen.tables === seen.allTables, `on paper ${seen.tables} of ${seen.allTables} tables are unfolded`);
  expect(seen.ground === 'rgb(255, 255, 255)', `paper is ${seen.ground}`);
  await page.close();
}

// What axe-core must find, or it finds nothing at all.
async function checkThatFaultsAreFound(browser) {
  const page = await browser.newPage();
  await page.setContent('<html><body><img src="data:,"><p style="color:#ccc;background:#fff">pale</p></body></html>');
  await page.evaluate(axe);
  const judged = await page.evaluate(() => globalThis.axe.run());
  for (const rule of ['image-alt', 'color-contrast']) {
    expect(judged.violations.some(fault => fault.id === rule), `axe-core does not find ${rule}`);
  }
  await page.close();
}

const browser = await puppeteer.launch({executablePath: browserPath, args: ['--no-sandbox'], headless: 'shell'});
try {
  const grounds = {light: new Set(), dark: new Set()};
  for (const width of [1280, 390]) {
    for (const scheme of ['light', 'dark']) {
      grounds[scheme].add(await checkLooks(browser, width, scheme));
      await checkAccess(browser, width, scheme);
    }
  }
  expect([...grounds.light].every(ground => !grounds.dark.has(ground)), 'dark is as light');
  await checkPaper(browser);
  await checkThatFaultsAreFound(browser);
} finally {
  await browser.close();
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
