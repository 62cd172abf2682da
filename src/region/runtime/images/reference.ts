export { officialName, parseReference, type Reference } from '../../../oci/reference.ts';
