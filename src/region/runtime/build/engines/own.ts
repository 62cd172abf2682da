import { buildImage } from '../build.ts';
import type { Builder } from './builder.ts';

/** Fairway's own builder: it is always there. */
export const ownBuilder: Builder = {
  name: 'own',
  available: () => Promise.resolve({ version: '' }),
  build: (context) => buildImage(context),
};
