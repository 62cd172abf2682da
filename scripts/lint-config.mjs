// Writes .oxlintrc.json: the rules, and the one direction in which rooms may import each other.
import { writeFileSync } from 'node:fs';

const rooms = {
  common: [],
  dockerfile: ['common'],
  oci: ['common'],
  compose: ['common', 'dockerfile'],
  template: ['common'],
  architect: ['common', 'dockerfile', 'compose', 'template'],
  topology: ['common', 'template'],
  verify: ['common', 'template', 'topology'],
  drawing: ['common', 'topology', 'verify'],
  deploy: ['common', 'oci', 'template', 'topology'],
  region: ['common', 'dockerfile', 'oci', 'template', 'topology'],
};
const all = [...Object.keys(rooms), 'cli'];
const pure = ['compose', 'architect', 'template', 'topology', 'verify', 'drawing'];

const overrides = Object.entries(rooms).map(([room, allowed]) => {
  const forbidden = all.filter((other) => other !== room && !allowed.includes(other));
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbidden.flatMap((other) => [
                `../${other}/**`,
                `../../${other}/**`,
                `../../../${other}/**`,
              ]),
              message: `${room}/ may import ${allowed.join(', ') || 'nothing'}: imports run one way, down the pipeline`,
            },
          ],
        },
      ],
      ...(pure.includes(room) ? { 'no-console': 'error' } : {}),
    },
  };
});

const config = {
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'no-console': 'off',
    'no-shadow': 'off',
    'no-await-in-loop': 'off',
    'no-underscore-dangle': 'off',
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'promise/always-return': 'off',
    'import/no-cycle': 'error',
  },
  ignorePatterns: ['dist', 'generated', 'examples'],
  overrides,
};
writeFileSync(new URL('../.oxlintrc.json', import.meta.url), `${JSON.stringify(config, null, 2)}\n`);
