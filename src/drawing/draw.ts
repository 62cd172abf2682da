import type { Context } from '../verify/model.ts';
import { layOut } from './layout/layout.ts';
import type { Drawing } from './layout/model.ts';
import { pictureOf, type PictureOptions } from './picture/picture.ts';

/** A deployment as a drawing, with every flow that it needs and what became of it. Pure: the same context gives the same drawing. */
export const drawingOf = (context: Context, options: PictureOptions): Drawing =>
  layOut(pictureOf(context, options));
