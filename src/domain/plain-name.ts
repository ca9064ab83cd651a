/**
 * A name of one directory or file: no separators, no control characters, no leading dot (so neither `..` nor a hidden
 * file), 200 characters at most. Run ids, baselines and members have such names.
 */
export const plainName = /^[^./\\\p{Cc}][^/\\\p{Cc}]{0,199}$/u;

export const isPlainName = (name: string): boolean => plainName.test(name);
