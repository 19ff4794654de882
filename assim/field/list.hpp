// The registered whole-field methods, one line each; included several times with different meanings of X.
X(ensrf)
X(enkf_schur)
X(envar)
