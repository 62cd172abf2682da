/** A CloudFormation template as plain data: what JSON.parse gives for one. */
export interface Template {
  AWSTemplateFormatVersion?: '2010-09-09';
  Description?: string;
  /** `AWS::LanguageExtensions`; other transforms are refused by name. */
  Transform?: string | string[];
  Metadata?: Record<string, unknown>;
  Parameters?: Record<string, Parameter>;
  Rules?: Record<string, Rule>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources: Record<string, Resource>;
  Outputs?: Record<string, Output>;
}

export interface Parameter {
  Type: string;
  Description?: string;
  Default?: string | number;
  AllowedValues?: (string | number)[];
  AllowedPattern?: string;
  MinValue?: number;
  MaxValue?: number;
  MinLength?: number;
  MaxLength?: number;
  NoEcho?: boolean;
  ConstraintDescription?: string;
}

/** What parameters must be like together. */
export interface Rule {
  RuleCondition?: unknown;
  Assertions: { Assert: unknown; AssertDescription?: string }[];
}

export interface Resource {
  Type: string;
  Condition?: string;
  DependsOn?: string | string[];
  Properties?: Record<string, unknown>;
  /** `Metadata.Fairway.Description` is the human line that progress output shows. */
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  CreationPolicy?: unknown;
  UpdatePolicy?: unknown;
}

export interface Output {
  Value: unknown;
  Description?: string;
  Export?: { Name: unknown };
  Condition?: string;
}
