import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../common/problem.ts';
import { parseTemplate } from './parse.ts';

const resources = (text: string): string => `Resources:\n  Topic:\n    Type: T\n    Properties:\n${text}`;
const properties = (text: string): unknown =>
  parseTemplate(resources(text)).template.Resources['Topic']!.Properties;
function problems(text: string): string[] {
  try {
    parseTemplate(text, 't.yaml');
    return [];
  } catch (error) {
    return (error as InputError).problems.map(
      ({ message, position }) => `${position?.line}:${position?.column} ${message}`,
    );
  }
}

test('short intrinsics are written out', () => {
  expect(
    properties(`
      A: !Ref X
      B: !GetAtt Db.Endpoint.Port
      C: !Sub ['\${a}', {a: !Ref X}]
      D: !Join [',', [!Select [0, !GetAZs ''], b]]
      E: !If [Yes, !Ref AWS::NoValue, !Base64 {'Fn::Sub': x}]
      F: !GetAtt [Db, Arn]
      G: {Fn::ImportValue: !Sub 'x'}
      H: !FindInMap [a, b, c]
      I: !Condition C`),
  ).toEqual({
    A: { Ref: 'X' },
    B: { 'Fn::GetAtt': ['Db', 'Endpoint.Port'] },
    C: { 'Fn::Sub': ['${a}', { a: { Ref: 'X' } }] },
    D: { 'Fn::Join': [',', [{ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'b']] },
    E: { 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, { 'Fn::Base64': { 'Fn::Sub': 'x' } }] },
    F: { 'Fn::GetAtt': ['Db', 'Arn'] },
    G: { 'Fn::ImportValue': { 'Fn::Sub': 'x' } },
    H: { 'Fn::FindInMap': ['a', 'b', 'c'] },
    I: { Condition: 'C' },
  });
});

test('numbers whose text says more than their value stay text', () => {
  expect(properties('      A: 012345678901\n      B: 1.10\n      C: 80\n      D: 2012-10-17')).toEqual({
    A: '012345678901',
    B: '1.10',
    C: 80,
    D: '2012-10-17',
  });
});

test('every node has its position, in YAML and in JSON', () => {
  const yaml = parseTemplate(resources('      A:\n        - Key: !Sub "x"\n          Value: 2'), 't.yaml');
  expect(yaml.positionOf(['Resources', 'Topic'])).toEqual({ file: 't.yaml', line: 2, column: 3 });
  expect(yaml.positionOf(['Resources', 'Topic', 'Properties', 'A', 0, 'Value'])).toEqual({
    file: 't.yaml',
    line: 7,
    column: 11,
  });
  expect(yaml.positionOf(['Resources', 'Topic', 'Properties', 'A', 0, 'Key', 'Fn::Sub'])?.line).toBe(6);
  expect(yaml.positionOf(['Resources', 'Topic', 'Properties', 'Missing'])?.line).toBe(4);
  const json = parseTemplate(
    '{\n "Resources": {\n  "A": {"Type": "T",\n "Properties": {"B": [1,\n 2]}}}}',
    't.json',
  );
  expect(json.positionOf(['Resources', 'A', 'Properties', 'B', 1])).toEqual({
    file: 't.json',
    line: 5,
    column: 2,
  });
});

test('what is malformed is one message with its place', () => {
  expect(problems('Resources:\n  A: [1')).toEqual([
    expect.stringContaining('Template format error: YAML not well-formed.'),
  ]);
  expect(problems('{"Resources": {"A": }')).toEqual([
    expect.stringContaining('Template format error: JSON not well-formed.'),
  ]);
  expect(problems('Resources:\n  A: {Type: T}\n  A: {Type: T}')[0]).toContain('3:3');
  expect(problems(resources('      A: !Reff X'))[0]).toContain(
    '5:16 Template format error: YAML not well-formed. unknown tag !Reff',
  );
  expect(problems('a')).toEqual([expect.stringContaining('unsupported structure')]);
  expect(problems('Resources: {}')).toEqual([
    '1:1 Template format error: At least one Resources member must be defined.',
  ]);
  expect(problems('Resourcess: {}\nResources: {A: {Type: T}}')).toEqual([
    '1:1 Invalid template property or properties [Resourcess]',
  ]);
  expect(problems('Resources:\n  A-b: {Type: T}\n  C:\n    Typ: T\n  D:')).toEqual([
    "5:3 [/Resources/D] 'null' values are not allowed in templates",
    '2:3 Template format error: Resource name A-b is non alphanumeric.',
    '3:3 Template format error: [/Resources/C] Every Resources object must contain a Type member.',
    "4:5 Invalid template resource property 'Typ'",
    '5:3 Template format error: Any Resources member must be an object.',
  ]);
  expect(problems('Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: T}}')).toEqual([
    '1:1 transform "AWS::Serverless-2016-10-31" is not enacted',
  ]);
  expect(problems('Resources: {A: {Type: T, CreationPolicy: {}, DeletionPolicy: Snapshot}}')).toEqual([
    expect.stringContaining('CreationPolicy of A is not enacted'),
    expect.stringContaining('DeletionPolicy "Snapshot" is not enacted'),
  ]);
});

test('aliases that multiply themselves end in an error', () => {
  const levels = Array.from({ length: 12 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
      : `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
  );
  expect(problems(`Metadata:\n  ${levels.join('\n  ')}\nResources: {A: {Type: T}}`)[0]).toMatch(
    /nodes|alias/i,
  );
});

test('an alias of nothing has its place', () => {
  expect(problems('Resources: {A: {Type: *a}}')).toEqual([
    '1:23 Template format error: YAML not well-formed. nothing before has the anchor &a',
  ]);
});

test('any text is a template or an error with its place', () => {
  const text = resources('      A: !Sub ["${b}", {b: !Ref X}]\n      C: [1, {D: !GetAtt E.F}]');
  fc.assert(
    fc.property(
      fc.nat(text.length),
      fc.nat(12),
      fc.string({ maxLength: 8, unit: 'grapheme-ascii' }),
      (start, length, insert) => {
        const mutated = text.slice(0, start) + insert + text.slice(start + length);
        try {
          parseTemplate(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          for (const { position } of (error as InputError).problems) expect(position).toBeDefined();
        }
      },
    ),
    { numRuns: 2000, seed: 7 },
  );
});

test('loops are written out for those who enact a template, and one that goes over nothing known is an error', () => {
  const text = `Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  'Fn::ForEach::Topics': [Name, !Ref Names, {'Topic\${Name}': {Type: T, Properties: {Name: !Sub '\${Name}'}}}]`;
  const { template } = parseTemplate(text, 't.yaml', { Names: 'a,b' });
  expect(Object.keys(template.Resources)).toEqual(['Topica', 'Topicb']);
  expect(template.Resources['Topicb']!.Properties).toEqual({ Name: { 'Fn::Sub': 'b' } });
  expect(problems(text)).toEqual(['4:3 what Fn::ForEach::Topics goes over is known at deployment']);
});
