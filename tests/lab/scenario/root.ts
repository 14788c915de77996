/** The repository's folder, with a slash at its end; paths in scenarios start here. */
export const repositoryRoot = decodeURIComponent(new URL("../../../", import.meta.url).pathname);
