// The registered observation operators, one line each; included several times with different meanings of X.
X(ndvi)
X(fapar)
X(lai)
X(sif)
X(surface_soil_moisture)
X(gpp)
X(nee)
X(latent_heat_flux)
