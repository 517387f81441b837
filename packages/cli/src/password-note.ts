/** What is printed where a person wrote out a password in an address. */
export const passwordNote =
  "Other users of this machine can read the password in the list of processes. Better: '$NAME' in its place, and the variable NAME";
