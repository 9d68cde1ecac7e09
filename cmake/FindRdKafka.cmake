# librdkafka's C API as RdKafka::rdkafka. What scripts/build-librdkafka.sh put into build/deps goes first, even when an
# earlier run of CMake had found the distribution's. The thread sanitizer takes one of its own.
set(_deps ${CMAKE_SOURCE_DIR}/build/deps/librdkafka/usr)
if(KC_SANITIZE MATCHES thread)
  set(_deps ${CMAKE_SOURCE_DIR}/build/deps/librdkafka-tsan/usr)
endif()
if(EXISTS ${_deps}/lib/librdkafka.a)
  set(RdKafka_INCLUDE_DIR ${_deps}/include CACHE PATH "Folder of librdkafka/rdkafka.h" FORCE)
  set(RdKafka_LIBRARY ${_deps}/lib/librdkafka.a CACHE FILEPATH "librdkafka" FORCE)
endif()
find_path(RdKafka_INCLUDE_DIR librdkafka/rdkafka.h)
find_library(RdKafka_LIBRARY NAMES rdkafka)
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
