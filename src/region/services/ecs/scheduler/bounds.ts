/** Between these a deployment may move. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export interface Bounds {
  /** Healthy tasks that must stay. */
  readonly lower: number;
  /** Tasks that may be there at once. */
  readonly upper: number;
}

export const boundsOf = (desired: number, minimumHealthyPercent: number, maximumPercent: number): Bounds => ({
  lower: Math.ceil((desired * minimumHealthyPercent) / 100),
  upper: Math.floor((desired * maximumPercent) / 100),
});
