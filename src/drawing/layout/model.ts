import type { Flow, Item, Verdict } from '../model.ts';

/** A picture in which everything has its place; lengths are pixels, positions absolute, multiples of GRID. */
export interface Drawing {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Outer ones first. */
  readonly frames: readonly Frame[];
  readonly nodes: readonly Node[];
  readonly wires: readonly Wire[];
  readonly remarks: readonly string[];
  /** Below the picture: from here on there is room for the legend. */
  readonly legendAt: number;
}
export const GRID = 8;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
export type FrameKind =
  | 'cloud'
  | 'region'
  | 'vpc'
  | 'zone'
  | 'public'
  | 'private'
  | 'isolated'
  | 'unknown'
  | 'fleet';
export interface Frame extends Box {
  readonly id: string;
  readonly kind: FrameKind;
  readonly label: string;
  /** At the other end of its head. */
  readonly aside: string;
  /** The frame around it. */
  readonly parent: string | undefined;
}
export interface Node extends Box {
  readonly item: Item;
  readonly parent: string | undefined;
}

/** Flows that run together: to one receiver, or from one sender. */
export interface Wire {
  readonly verdict: Verdict;
  readonly check: string | undefined;
  /** Each length of it once. */
  readonly strokes: readonly (readonly Point[])[];
  /** Where it ends, in the direction in which it does. */
  readonly heads: readonly { readonly at: Point; readonly dx: number; readonly dy: number }[];
  /** Where it branches. */
  readonly joints: readonly Point[];
  readonly labels: readonly Label[];
  /** Its flows one by one, from end to end. */
  readonly routes: readonly Route[];
}
export interface Route {
  readonly flow: Flow;
  readonly points: readonly Point[];
}
export interface Label extends Box {
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
  /** There was no room beside the line. */
  readonly covers: boolean;
}
