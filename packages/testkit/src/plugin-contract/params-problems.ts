import { coercionsOf, type RpcMethodMetadata } from '@device-messaging/plugin-api';
import { getMetadataStorage } from 'class-validator';

/** What is wrong with the params class of an RPC method: members that no host reads, rules that no host asks. */
export function paramsProblems({ method, params: type }: RpcMethodMetadata): string[] {
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(type, '', false, false);
  const checked = new Set(rules.map(({ propertyName }) => propertyName));
  const members = new Set([...Object.keys(new type()), ...coercionsOf(type).keys()]);
  const asynchronous = rules.filter(({ constraintCls }) =>
    storage.getTargetValidatorConstraints(constraintCls).some((constraint) => constraint.async),
  );
  return [
    ...[...members]
      .filter((member) => !checked.has(member))
      .map((member) => `${method}: ${member} has no rule, so nothing is read into it`),
    ...asynchronous.map(
      ({ propertyName }) => `${method}: a rule of ${propertyName} is asynchronous: nobody waits for it`,
    ),
  ];
}
