import { accessRoles } from "../../profiles/platform/access-roles.ts";

/** Of an `AccessControl`: who holds which role. The API reads all of them with every system and every token. */
export const rolesSelection = `id ${accessRoles.map((role) => `${role} { id isContract }`).join(" ")}
          roleAdmins { id role roleFieldName adminRole adminFieldName }`;
