// The registered iterative methods, one line each: identifier and name; included several times with different meanings
// of X.
X(es_mda, "es_mda")
X(ienks, "ienks")
X(envar_ensemble, "4denvar_ensemble")
X(eki, "eki")
