import type { Check, Finding } from '../../../verify/model.ts';
import type { Outcome } from '../run.ts';

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function renderSarif(outcomes: readonly Outcome[], checks: readonly Check[]): string {
  const all = outcomes.flatMap(({ findings, ignored }) => [
    ...findings.map((finding) => ({ finding, reason: undefined })),
    ...ignored,
  ]);
  const rules = rulesOf(
    checks,
    all.map(({ finding }) => finding),
  );
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'fairway', version: '0.1.0', rules } },
        columnKind: 'utf16CodeUnits',
        results: all.map(({ finding, reason }) => ({
          ruleId: finding.id,
          ruleIndex: indexes.get(finding.id),
          level: finding.severity,
          message: {
            text: [finding.message, ...(finding.fix ? [`fix: ${finding.fix.says}`] : [])].join('\n'),
          },
          locations: [locationOf(finding)],
          ...(reason === undefined ? {} : { suppressions: [{ kind: 'inSource', justification: reason }] }),
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rulesOf(checks: readonly Check[], findings: readonly Finding[]) {
  const listed = checks.map(({ id, title, why, source, severity }) =>
    rule(id, title, { why, source, severity }),
  );
  const others = findings.filter(({ id }) => !checks.some((check) => check.id === id));
  const byId = new Map(others.map((finding) => [finding.id, rule(finding.id, finding.id, finding)]));
  return [...listed, ...byId.values()];
}

const rule = (
  id: string,
  title: string,
  { why, source, severity }: Pick<Finding, 'why' | 'source' | 'severity'>,
) => ({
  id,
  shortDescription: { text: title },
  fullDescription: { text: why },
  helpUri: source,
  help: { text: `docs/checks/${id}.md` },
  defaultConfiguration: { level: severity },
});

function locationOf({ position, resource, property }: Finding) {
  const fullyQualifiedName = property === undefined ? resource : `${resource}.${property}`;
  const logicalLocations = [{ name: resource, fullyQualifiedName, kind: 'resource' }];
  if (!position) return { logicalLocations };
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(position.file) },
      region: { startLine: position.line, startColumn: position.column },
    },
    logicalLocations,
  };
}

/** A path as a relative or absolute URI reference. */
const uriOf = (file: string): string => {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path.replace(/^\.\//, '');
};
