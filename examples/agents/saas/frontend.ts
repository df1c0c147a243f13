/** The page: sign in, list, add, change, delete. */
import { textFile } from '../work/work.ts';
import { requirementIds } from './architecture.ts';
import { createExpert, findPlan, script, withoutPlan } from './expert.ts';
import { appJs, iconSvg, indexHtml, styleCss } from './templates/frontend.ts';

export const frontend = createExpert({
  name: 'frontend',
  kind: 'frontend',
  capability:
    'Frontend development: accessible web page with forms and tables for an application, in HTML, CSS and JavaScript.',
  tags: ['frontend', 'html', 'css', 'page'],
  phrases: ['design and write the web page and forms of an application'],
  workMs: 8000,
  provides: 'a page to sign in and work with the entries',
  offer: 'I write the page: sign-in, forms and lists for every kind of entry',
  needs: ['architecture'],
  work: (input) => {
    const plan = findPlan(input);
    if (plan === null) return withoutPlan('the page');
    return {
      title: 'The page',
      markdown: `\`public/index.html\` with a form and a list for ${plan.entities.map((entity) => entity.label.toLowerCase()).join(', ')}; labels on every input, works from the keyboard, no outside resources.\n`,
      data: { meets: requirementIds(plan, 'frontend') },
      files: [
        textFile('public/index.html', 'text/html', indexHtml(plan)),
        script('public/app.js', appJs),
        textFile('public/icon.svg', 'image/svg+xml', iconSvg(plan)),
        textFile('public/style.css', 'text/css', styleCss),
      ],
    };
  },
});
