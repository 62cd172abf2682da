import type { Kind } from '../model.ts';

/** Simple signs of our own on a field of 24 × 24, drawn in lines. */
export const GLYPHS: Readonly<Record<Kind, string>> = {
  service: 'M12 3 20 7.5 20 16.5 12 21 4 16.5 4 7.5ZM4 7.5 12 12 20 7.5M12 12 12 21',
  instance: 'M5 5H19V19H5ZM9 9H15V15H9ZM9 2V5M15 2V5M9 19V22M15 19V22M2 9H5M2 15H5M19 9H22M19 15H22',
  'load-balancer': 'M3 12H9M9 12 16 5M9 12H16M9 12 16 19M16 3H20V7H16ZM16 10H20V14H16ZM16 17H20V21H16Z',
  database: 'M4 6C4 2 20 2 20 6V18C20 22 4 22 4 18ZM4 6C4 10 20 10 20 6M4 12C4 16 20 16 20 12',
  cache: 'M4 6C4 2 20 2 20 6V18C20 22 4 22 4 18ZM4 6C4 10 20 10 20 6M13 11 10 15H14L11 19',
  files: 'M3 7V19H21V7H12L10 4H3ZM7 12H17M7 15H14',
  internet: 'M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3ZM3 12H21M12 3C7 8 7 16 12 21M12 3C17 8 17 16 12 21',
  'internet-gateway': 'M4 21V11A8 8 0 0 1 20 11V21M8 16H16M13 13 16 16 13 19',
  'nat-gateway': 'M4 4H20V20H4ZM8 9H16M13 6 16 9 13 12M16 15H8M11 12 8 15 11 18',
  endpoint: 'M3 12H11M8 9 11 12 8 15M15 6H21V18H15Z',
  registry: 'M4 5H11V12H4ZM13 5H20V12H13ZM4 14H11V21H4ZM13 14H20V21H13Z',
  logs: 'M5 3H19V21H5ZM8 8H16M8 12H16M8 16H13',
  secret: 'M5 11H19V21H5ZM8 11V7A4 4 0 0 1 16 7V11M12 15V17',
  bucket: 'M4 6C4 3 20 3 20 6L18 19C17 22 7 22 6 19ZM4 6C4 9 20 9 20 6',
  queue: 'M3 7H21V17H3ZM8 7V17M13 7V17M18 7V17',
  names: 'M4 5H20V9H4ZM7 12H20V16H7ZM10 19H20V22H10ZM4 9V14H7M7 16V21H10',
  subnet: 'M4 4H20V20H4Z',
  other: 'M12 4A8 8 0 1 1 12 20A8 8 0 1 1 12 4ZM12 9V13M12 15V16',
};

/** The colours that people know from AWS's own drawings, by what a thing is for. */
const COLOURS = {
  compute: '#ED7100',
  storage: '#7AA116',
  database: '#C925D1',
  network: '#8C4FFF',
  integration: '#E7157B',
  security: '#DD344C',
  outside: '#5A6B86',
} as const;

export const COLOUR_OF: Readonly<Record<Kind, string>> = {
  service: COLOURS.compute,
  instance: COLOURS.compute,
  registry: COLOURS.compute,
  'load-balancer': COLOURS.network,
  'internet-gateway': COLOURS.network,
  'nat-gateway': COLOURS.network,
  endpoint: COLOURS.network,
  names: COLOURS.network,
  database: COLOURS.database,
  cache: COLOURS.database,
  files: COLOURS.storage,
  bucket: COLOURS.storage,
  logs: COLOURS.integration,
  queue: COLOURS.integration,
  secret: COLOURS.security,
  internet: COLOURS.outside,
  subnet: COLOURS.outside,
  other: COLOURS.outside,
};
