import { expect, test } from 'vitest';
import { evaluate, type Point } from './evaluate.ts';

/** `0` is within the threshold, `X` breaches it, `-` is missing; the newest is last. */
const range = (text: string): (Point | undefined)[] =>
  text.split(' ').map((sign, at) => (sign === '-' ? undefined : { at, value: sign === 'X' ? 2 : 0 }));
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const states = (text: string, DatapointsToAlarm: number): string[] =>
  treatments.map(
    (TreatMissingData) =>
      evaluate(
        {
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: 1,
          EvaluationPeriods: 3,
          DatapointsToAlarm,
          TreatMissingData,
        },
        range(text),
      ).state,
  );

// The two tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, row by row.
test.each([
  ['0 - X - X', 3, ['OK', 'OK', 'OK', 'OK']],
  ['0 - - - -', 3, ['OK', 'OK', 'OK', 'OK']],
  ['- - - - -', 3, ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK']],
  ['0 X X - X', 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['- - X - -', 3, ['ALARM', 'keep', 'ALARM', 'OK']],
  ['0 - X - X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 0 X 0 X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 - X - -', 2, ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - 0', 2, ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - X -', 2, ['ALARM', 'keep', 'ALARM', 'OK']],
])('%s with %i datapoints to alarm', (text, enough, expected) => {
  expect(states(text, enough)).toEqual(expected);
});

// "Avoiding premature transitions to alarm state", there: one breach that is new is not yet an alarm where what is missing counts for
// nothing; what the state is instead the page does not say.
test.each([
  ['- - - - X', 3, ['keep', 'keep', 'ALARM', 'OK']],
  ['- - - X -', 3, ['keep', 'keep', 'ALARM', 'OK']],
  ['- - - X 0', 3, ['OK', 'OK', 'OK', 'OK']],
  ['- - X - 0', 3, ['OK', 'OK', 'OK', 'OK']],
  ['X - - - -', 3, ['ALARM', 'keep', 'ALARM', 'OK']],
])('early: %s with %i datapoints to alarm', (text, enough, expected) => {
  expect(states(text, enough)).toEqual(expected);
});
