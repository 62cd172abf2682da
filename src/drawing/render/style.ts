export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** Colours of lines and of writing, on white and on black. */
const light = {
  paper: '#FFFFFF',
  ink: '#16202E',
  soft: '#55647A',
  red: '#DD344C',
  public: '#E9F3E6',
  publicText: '#4F6B0C',
  private: '#E6F2F8',
  privateText: '#00696B',
  vpcText: '#6B2FE0',
  node: '#FFFFFF',
};
const dark: typeof light = {
  paper: '#0D1117',
  ink: '#E6EDF3',
  soft: '#9BA8B8',
  red: '#FF6B7E',
  public: '#18230F',
  publicText: '#A9CF4A',
  private: '#0C2129',
  privateText: '#4FD0D2',
  vpcText: '#B591FF',
  node: '#161B22',
};

const scheme = (colour: typeof light): string =>
  [
    `.paper{fill:${colour.paper}}.title,.name{fill:${colour.ink};font-weight:600}.detail,.note{fill:${colour.soft}}.count{fill:${colour.ink};font-weight:700}`,
    `.halo{fill:${colour.paper};fill-opacity:.85}.node{fill:${colour.node}}`,
    `.cloud,.cloud-sign{stroke:${colour.ink}}.cloud-text{fill:${colour.ink}}.region-text,.zone-text{fill:${colour.privateText}}.vpc-text{fill:${colour.vpcText}}`,
    `.public{fill:${colour.public}}.public-text{fill:${colour.publicText}}.private,.isolated{fill:${colour.private}}.private-text,.isolated-text{fill:${colour.privateText}}.unknown-text{fill:${colour.soft}}.fleet-text{fill:#D86600}`,
    `.proven{stroke:${colour.ink}}.proven-fill{fill:${colour.ink}}.proven-text{fill:${colour.ink}}`,
    `.blocked{stroke:${colour.red}}.blocked-fill,.blocked-text{fill:${colour.red}}`,
    `.unclear,.open,.outward{stroke:${colour.soft}}.unclear-fill,.open-fill,.outward-fill,.unclear-text,.open-text,.outward-text{fill:${colour.soft}}`,
  ].join('\n');

export const STYLE = `
.frame{fill:none;stroke-width:1.25}.frame-label{font-weight:600}.sign{fill:none;stroke-width:1.75;stroke-linejoin:round}
.region{stroke:#00A4A6;stroke-dasharray:6 4}.zone{stroke:#00A4A6;stroke-dasharray:3 4}.vpc{stroke:#8C4FFF;stroke-width:1.75}
.public{stroke:#7AA116}.private,.isolated{stroke:#00A4A6}.unknown{stroke:#8796A9;stroke-dasharray:5 4}.fleet{stroke:#ED7100;stroke-dasharray:5 4}
.region-sign,.private-sign,.isolated-sign{stroke:#00A4A6}.vpc-sign{stroke:#8C4FFF}.public-sign{stroke:#7AA116}.unknown-sign{stroke:#8796A9}
.node{stroke-width:1.25}.glyph{fill:none;stroke:#FFFFFF;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.wire{fill:none;stroke-width:1.6}.blocked{stroke-width:2;stroke-dasharray:7 4}.unclear{stroke-dasharray:2 4}.open{stroke-width:1.2}.outward{stroke-width:1.2;stroke-dasharray:1 3;stroke-linecap:round}
.blocked-text{font-weight:600}
${scheme(light)}
@media (prefers-color-scheme:dark){
${scheme(dark)}
}
`;
