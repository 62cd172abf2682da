import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html */
export const validation = (message: string): ApiError => new ApiError('ValidationError', message);

/** Something AWS does and this region does not: said, never dropped. */
export const notEnacted = (what: string): ApiError =>
  new ApiError('UnsupportedOperation', `${what} is not enacted in the local region`);

export const notFound = (kind: 'LoadBalancer' | 'TargetGroup' | 'Listener' | 'Rule'): ApiError =>
  new ApiError(
    `${kind}NotFound`,
    {
      LoadBalancer: 'One or more load balancers not found',
      TargetGroup: 'One or more target groups not found',
      Listener: 'One or more listeners not found',
      Rule: 'One or more rules not found',
    }[kind],
  );

export const notPermitted = (message: string): ApiError => new ApiError('OperationNotPermitted', message);
export const invalidConfiguration = (message: string): ApiError =>
  new ApiError('InvalidConfigurationRequest', message);

/** Makes a handler that refuses the members of its input that it does not enact. */
export const operation = enacting((member, value) => notEnacted(`${member} (${JSON.stringify(value)})`));

/** The same for a structure inside an input. */
export function refuseOthers<T extends object>(given: T, members: readonly NoInfer<keyof T>[]): void {
  operation<T, void>(members, () => {})(given);
}
