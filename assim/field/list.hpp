// The registered whole-field methods, one line each: identifier and name; included several times with different
// meanings of X.
X(ensrf, "ensrf")
X(enkf_schur, "enkf_schur")
X(envar, "4denvar")
