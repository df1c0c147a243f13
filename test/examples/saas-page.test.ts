import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { collectFiles, experts } from '../../examples/agents/saas/index.ts';
import { runSequentially } from '../../examples/agents/sequential.ts';
import { runApp } from './run-app.ts';

const executablePath = '/usr/bin/chromium';
const hasChromium = existsSync(executablePath);
if (!hasChromium) console.log('SKIPPED saas-page: no chromium');

test.skipIf(!hasChromium)(
  'a person signs up, adds, changes and deletes entries on the page, and nothing they type is run',
  async () => {
    const { contributions } = await runSequentially(experts, {
      intent: 'an inventory tool with suppliers and stock',
      pace: 0,
    });
    const app = await runApp([...collectFiles(contributions).values()]);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('401')) problems.push(message.text());
      });
      await page.goto(app.url);
      await page.getByLabel('E-mail').first().fill('ada@example.org');
      await page.getByLabel('Password').fill('a long enough password');
      await page.getByRole('button', { name: 'Sign up' }).click();
      await page.getByRole('button', { name: 'Suppliers' }).click();
      const evil = '<img src=x onerror=alert(1)>';
      await page.locator('#suppliers').getByLabel('Name', { exact: true }).fill(evil);
      await page.getByRole('button', { name: 'Add supplier' }).click();
      await page.locator('#suppliers tbody tr').waitFor();
      expect(await page.locator('#suppliers tbody td').first().textContent()).toBe(evil);

      await page.getByRole('button', { name: 'Stock items' }).click();
      const form = page.locator('[data-create="stock-items"]');
      await form.getByLabel('Name', { exact: true }).fill('Screws');
      await form.getByLabel('Sku').fill('S-1');
      await form.getByLabel('Quantity').fill('40');
      await form.getByLabel('Supplier').selectOption({ label: evil });
      await form.getByRole('button').click();
      const row = page.locator('#stock-items tbody tr');
      await row.waitFor();
      expect(await row.locator('td').allTextContents()).toEqual(
        expect.arrayContaining(['Screws', 'S-1', '40', evil]),
      );

      await page.reload();
      await row.waitFor();
      await row.getByRole('button', { name: 'Delete' }).click();
      await row.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('button', { name: 'Log in' }).waitFor();
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
      await app.stop();
    }
  },
  60_000,
);
