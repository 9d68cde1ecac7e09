# librdkafka's C API as RdKafka::rdkafka. The version that scripts/build-librdkafka.sh put into build/deps is taken
# first (static), else the distribution's.
set(_deps ${CMAKE_SOURCE_DIR}/build/deps/librdkafka/usr)
find_path(RdKafka_INCLUDE_DIR librdkafka/rdkafka.h HINTS ${_deps}/include)
find_library(RdKafka_LIBRARY NAMES librdkafka.a rdkafka HINTS ${_deps}/lib/x86_64-linux-gnu
                                                              ${_deps}/lib/aarch64-linux-gnu ${_deps}/lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RdKafka REQUIRED_VARS RdKafka_LIBRARY RdKafka_INCLUDE_DIR)
if(RdKafka_FOUND AND NOT TARGET RdKafka::rdkafka)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RDKAFKA_DEPS REQUIRED IMPORTED_TARGET libzstd liblz4 libsasl2 zlib)
  add_library(RdKafka::rdkafka UNKNOWN IMPORTED)
  set_target_properties(
    RdKafka::rdkafka
    PROPERTIES IMPORTED_LOCATION ${RdKafka_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${RdKafka_INCLUDE_DIR}
               INTERFACE_LINK_LIBRARIES
               "PkgConfig::RDKAFKA_DEPS;OpenSSL::SSL;OpenSSL::Crypto;CURL::libcurl;Threads::Threads;m;dl")
endif()
