import { randomInt } from 'node:crypto';
import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter, operation } from './errors.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
const LENGTH = { usual: 32, most: 4096 };
const CLASSES = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  numbers: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

export function passwordHandlers(): Handlers<typeof import('@aws-sdk/client-secrets-manager')> {
  return {
    GetRandomPassword: operation(
      [
        'PasswordLength',
        'ExcludeCharacters',
        'ExcludeNumbers',
        'ExcludePunctuation',
        'ExcludeUppercase',
        'ExcludeLowercase',
        'IncludeSpace',
        'RequireEachIncludedType',
      ],
      (input) => {
        const { PasswordLength: length = LENGTH.usual, ExcludeCharacters = '' } = input;
        if (!(length >= 1 && length <= LENGTH.most))
          throw invalidParameter(`PasswordLength is ${length}; it must be between 1 and ${LENGTH.most}.`);
        const chosen = [
          input.ExcludeLowercase ? '' : CLASSES.lower,
          input.ExcludeUppercase ? '' : CLASSES.upper,
          input.ExcludeNumbers ? '' : CLASSES.numbers,
          input.ExcludePunctuation ? '' : CLASSES.punctuation,
          input.IncludeSpace ? ' ' : '',
        ].map((signs) => [...signs].filter((sign) => !ExcludeCharacters.includes(sign)).join(''));
        const classes = chosen.filter((signs) => signs !== '');
        const all = classes.join('');
        if (all === '') throw invalidParameter('The password would be empty: every character is excluded.');
        const required = (input.RequireEachIncludedType ?? true) ? classes : [];
        if (required.length > length)
          throw invalidParameter(
            `PasswordLength ${length} is too short for one character of each of ${required.length} types.`,
          );
        const signs = required.map(draw);
        while (signs.length < length) signs.push(draw(all));
        return { RandomPassword: shuffle(signs).join('') };
      },
    ),
  };
}

const draw = (signs: string): string => signs.charAt(randomInt(signs.length));

function shuffle(signs: readonly string[]): string[] {
  const mixed = [...signs];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [mixed[last], mixed[other]] = [mixed[other] ?? '', mixed[last] ?? ''];
  }
  return mixed;
}
